/**
 * Pseudo-random numbers that depend on the seed alone, the same on every machine: xoshiro128** 1.1
 * (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47, 2021), its state filled by
 * SplitMix (G. Steele, D. Lea, C. Flood, OOPSLA 2014) in the form for 32 bits with MurmurHash3's finalizer as mixer.
 */
export class Random {
  private constructor(
    private a: number,
    private b: number,
    private c: number,
    private d: number,
  ) {}

  /** Numbers of a seed; different streams of a seed are independent of each other. */
  static seeded(seed: number, stream: number): Random {
    let state = (seed ^ mix(stream + 1)) | 0;
    const word = () => mix((state = (state + 0x9e3779b9) | 0));
    return new Random(word(), word(), word(), word());
  }

  /** Continues from a state of four 32-bit words, not all 0. */
  static fromState(a: number, b: number, c: number, d: number): Random {
    return new Random(a, b, c, d);
  }

  /** The next whole number from 0 to 2^32 - 1. */
  next(): number {
    const times5 = Math.imul(this.b, 5);
    const result = Math.imul((times5 << 7) | (times5 >>> 25), 9);
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = (this.d << 11) | (this.d >>> 21);
    return result >>> 0;
  }

  /** The next fraction, 0 <= f < 1. */
  unit(): number {
    return this.next() / 0x1_0000_0000;
  }

  /** The next whole number from 0 to n - 1. */
  below(n: number): number {
    return Math.floor(this.unit() * n);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  /** One of the items, each equally likely; throws when there are none. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}

function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
