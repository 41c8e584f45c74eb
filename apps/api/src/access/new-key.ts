import { hash, randomBytes } from 'node:crypto';
import { isKeyName, readLimit } from './key-file.js';

/** Bytes of a key: as much as a SHA-256 can tell apart. */
const KEY_BYTES = 32;

/** The arguments of the command are wrong; says how they would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A new API key. */
export interface NewKey {
  /** For its holder; 43 letters, digits, hyphens and underscores. */
  readonly key: string;
  /** For the file of keys. */
  readonly line: string;
}

/** Makes a key for a name and, if it gets one, a limit in requests per minute. Throws {@link UsageError}. */
export function newKey(name: string | undefined, limit: string | undefined): NewKey {
  if (name === undefined || !isKeyName(name))
    throw new UsageError(
      'Usage: new-key NAME [LIMIT]. A name has 1 to 64 letters, digits, dots, hyphens and underscores.',
    );
  if (limit !== undefined && readLimit(limit) === undefined)
    throw new UsageError('Usage: new-key NAME [LIMIT]. The limit is a whole number of requests per minute.');
  const key = randomBytes(KEY_BYTES).toString('base64url');
  const words = [name, hash('sha256', key, 'hex'), ...(limit === undefined ? [] : [limit])];
  return { key, line: words.join(' ') };
}
