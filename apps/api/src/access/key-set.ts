import { hash, timingSafeEqual } from 'node:crypto';
import type { ApiKey } from './key-file.js';

/** Hexadecimal digits by which a key is looked up. */
const INDEX_DIGITS = 16;

interface Entry {
  readonly digest: Buffer;
  readonly key: ApiKey;
}

/**
 * Finds a key among those of the file. What is compared are digests: somebody who measures how long it takes learns at
 * the most how a digest begins, cannot choose one that begins alike, and would still have to find what it is the digest
 * of. The look-up by the beginning therefore tells nothing of use, and the rest is compared in constant time.
 */
export class KeySet {
  private readonly entries = new Map<string, readonly Entry[]>();

  constructor(readonly keys: readonly ApiKey[]) {
    for (const key of keys) {
      const index = key.sha256.slice(0, INDEX_DIGITS);
      this.entries.set(index, [...(this.entries.get(index) ?? []), { digest: Buffer.from(key.sha256, 'hex'), key }]);
    }
  }

  /** The key that a client sent; undefined when nobody has it. */
  find(sent: string): ApiKey | undefined {
    const digest = hash('sha256', sent, 'buffer');
    const entries = this.entries.get(digest.toString('hex', 0, INDEX_DIGITS / 2));
    return entries?.find((entry) => timingSafeEqual(entry.digest, digest))?.key;
  }
}
