const BITS = 2 ** 18;
/** Keys after which the older half of the memory is forgotten. */
const KEYS = 2 ** 14;

/**
 * Tells keys that were asked for lately from those that come for the first time, so that a cache can wait for the second
 * time: in a flood of questions that nobody asks again the answers would push out those that everybody asks for
 * (Einziger, Friedman, Manes: TinyLFU, 2017, section 3.4.2, has the idea). 64 KB of bits by a hash of the key; one new key
 * in ten or less is taken for an old one.
 */
export class Doorkeeper {
  private recent = new Uint8Array(BITS / 8);
  private older = new Uint8Array(BITS / 8);
  private keys = 0;

  /** Whether the key was seen lately; from now on it was. */
  seen(key: string): boolean {
    const bit = hash(key) & (BITS - 1);
    const [at, mask] = [bit >> 3, 1 << (bit & 7)];
    const known = ((this.recent[at]! | this.older[at]!) & mask) !== 0;
    if ((this.recent[at]! & mask) === 0) this.add(at, mask);
    return known;
  }

  private add(at: number, mask: number): void {
    if (++this.keys > KEYS) {
      [this.recent, this.older] = [this.older.fill(0), this.recent];
      this.keys = 1;
    }
    this.recent[at]! |= mask;
  }
}

/** FNV-1a over the code units, then the finalizer of MurmurHash3, as only the low bits are used. */
function hash(key: string): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) sum = Math.imul(sum ^ key.charCodeAt(i), 0x01000193);
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return (sum ^ (sum >>> 16)) >>> 0;
}
