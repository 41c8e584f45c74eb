import { keyHash } from './key-hash.js';

/** Bits that a key has to itself when all are known. */
const BITS_PER_KEY = 16;
const LEAST_KEYS = 2 ** 10;

/**
 * Tells keys that were asked for lately from those that come for the first time, so that a cache can wait for the second
 * time: in a flood of questions that nobody asks again the answers would push out those that everybody asks for
 * (Einziger, Friedman, Manes: TinyLFU, 2017, section 3.4.2, has the idea). Bits by a hash of the key, 4 bytes for each; one
 * new key in ten or less is taken for an old one.
 */
export class Doorkeeper {
  private readonly keys: number;
  private recent: Uint8Array;
  private older: Uint8Array;
  private count = 0;

  /** Knows the last so many keys, rounded up to a power of two, and up to twice as many. */
  constructor(keys: number) {
    this.keys = 2 ** Math.ceil(Math.log2(Math.max(LEAST_KEYS, keys)));
    this.recent = new Uint8Array((this.keys * BITS_PER_KEY) / 8);
    this.older = new Uint8Array(this.recent.length);
  }

  /** Whether the key was seen lately; from now on it was. */
  seen(key: string): boolean {
    const bit = keyHash(key) & (this.recent.length * 8 - 1);
    const [at, mask] = [bit >> 3, 1 << (bit & 7)];
    const known = ((this.recent[at]! | this.older[at]!) & mask) !== 0;
    if ((this.recent[at]! & mask) === 0) this.add(at, mask);
    return known;
  }

  private add(at: number, mask: number): void {
    if (++this.count > this.keys) {
      [this.recent, this.older] = [this.older.fill(0), this.recent];
      this.count = 1;
    }
    this.recent[at]! |= mask;
  }
}
