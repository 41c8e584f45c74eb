/** An API key as the file of keys has it; the key itself is known to whoever sends it only. */
export interface ApiKey {
  /** Name of its holder, for the log and the metrics; several keys may have one name, and share its limit. */
  readonly name: string;
  /** SHA-256 of the key, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  /** Requests per minute; no limit when undefined. */
  readonly limit: number | undefined;
}

/** Faults of a file of keys, all at once, each with its line and what would be right; none repeats a word of the file. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('; '));
  }
}

/** Bounds of a file of keys, and with it of what the metrics are labelled with. */
export const MOST_KEYS = 10_000;
/** Largest limit of a key. */
export const MOST_PER_MINUTE = 1_000_000_000;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const SHA256 = /^[0-9a-f]{64}$/i;
const NUMBER = /^[1-9]\d{0,9}$/;

const FORM = 'must be NAME SHA256 or NAME SHA256 LIMIT';
const NAME_FORM =
  'a name has 1 to 64 letters, digits, dots, hyphens and underscores, and begins with a letter or digit';
const SHA256_FORM = 'the second word must be the SHA-256 of the key, 64 hexadecimal digits';
const LIMIT_FORM = `the limit must be a whole number of requests per minute from 1 to ${MOST_PER_MINUTE}`;

/** Whether a text can be the name of a key. */
export function isKeyName(text: string): boolean {
  return NAME.test(text);
}

/** A limit in requests per minute; undefined when the text is none. */
export function readLimit(text: string): number | undefined {
  const limit = NUMBER.test(text) ? Number(text) : NaN;
  return limit <= MOST_PER_MINUTE ? limit : undefined;
}

/**
 * The keys of a file: a line each of name, SHA-256 and, for those that have one, limit, with blanks between; empty lines
 * and lines that begin with # are left out. Throws {@link KeyFileError}, also when there is no key at all: more likely a
 * file that was cut off than one that is to let nobody in.
 */
export function readKeys(text: string): readonly ApiKey[] {
  const faults: string[] = [];
  const keys: ApiKey[] = [];
  const limits = new Map<string, number | undefined>();
  const digests = new Map<string, number>();
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length === 0 || words[0]!.startsWith('#')) continue;
    const key = readLine(words);
    const fault = typeof key === 'string' ? key : contradiction(key, limits, digests);
    if (fault !== undefined) faults.push(`line ${index + 1}: ${fault}`);
    if (typeof key === 'string') continue;
    limits.set(key.name, key.limit);
    digests.set(key.sha256, index + 1);
    keys.push(key);
  }
  if (keys.length > MOST_KEYS) faults.push(`it has ${keys.length} keys, there may be ${MOST_KEYS}`);
  if (keys.length === 0 && faults.length === 0) faults.push(`it has no key: a line of it ${FORM}`);
  if (faults.length > 0) throw new KeyFileError(faults);
  return keys;
}

function readLine([name = '', sha256 = '', limitText, ...more]: readonly string[]): ApiKey | string {
  if (sha256 === '' || more.length > 0) return FORM;
  if (!isKeyName(name)) return NAME_FORM;
  if (!SHA256.test(sha256)) return `${SHA256_FORM}; this has ${sha256.length} characters`;
  const limit = limitText === undefined ? undefined : readLimit(limitText);
  if (limitText !== undefined && limit === undefined) return LIMIT_FORM;
  return { name, sha256: sha256.toLowerCase(), limit };
}

function contradiction(
  { name, sha256, limit }: ApiKey,
  limits: ReadonlyMap<string, number | undefined>,
  digests: ReadonlyMap<string, number>,
): string | undefined {
  const line = digests.get(sha256);
  if (line !== undefined) return `is the key of line ${line} again; each key is one line`;
  if (limits.has(name) && limits.get(name) !== limit) return 'keys of one name share a limit, so it must be the same';
  return undefined;
}
