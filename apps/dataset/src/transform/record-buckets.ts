import { grow } from '#libs/serving';
import { BLOCK_WORDS, type KeptBlock, type RecordRoom } from './record-room.js';

/**
 * Records of a fixed number of 32-bit words, put into numbered buckets in any order and taken out bucket by bucket:
 * the first half of a sort that needs no more memory than its {@link RecordRoom} has.
 */
export class RecordBuckets {
  /** The block in which {@link next} found a place. */
  block: Uint32Array = new Uint32Array(0);
  private readonly open: (Uint32Array | undefined)[] = [];
  private readonly full: KeptBlock[][] = [];
  private used = new Uint32Array(64);
  private scratch = new Uint32Array(BLOCK_WORDS);
  /** Words of a block that records fill. */
  private readonly blockWords: number;

  constructor(
    /** Words of a record. */
    readonly words: number,
    private readonly room: RecordRoom,
  ) {
    this.blockWords = BLOCK_WORDS - (BLOCK_WORDS % words);
  }

  /** Where in {@link block} the next record of the bucket (a whole number from 0) is to be written, all its words. */
  next(bucket: number): number {
    let block = this.open[bucket];
    if (block === undefined) block = this.begin(bucket);
    else if (this.used[bucket] === this.blockWords) {
      this.full[bucket]!.push(this.room.keep(block));
      block = this.begin(bucket);
    }
    const at = this.used[bucket]!;
    this.used[bucket] = at + this.words;
    this.block = block;
    return at;
  }

  /** The buckets that hold records, ascending. */
  numbers(): readonly number[] {
    return this.open.flatMap((block, bucket) => (block === undefined ? [] : [bucket]));
  }

  /** The records of a bucket in the order in which they were put there, valid until the next call; the bucket is empty then. */
  take(bucket: number): Uint32Array {
    const full = this.full[bucket] ?? [];
    const block = this.open[bucket];
    const rest = block === undefined ? 0 : this.used[bucket]!;
    const length = full.length * this.blockWords + rest;
    if (this.scratch.length < length) this.scratch = new Uint32Array(Math.ceil(length * 1.2));
    full.forEach((kept, index) => this.room.load(kept, this.blockWords, this.scratch, index * this.blockWords));
    if (block) this.room.load(block, rest, this.scratch, length - rest);
    this.full[bucket] = [];
    this.open[bucket] = undefined;
    return this.scratch.subarray(0, length);
  }

  private begin(bucket: number): Uint32Array {
    while (this.used.length <= bucket) this.used = grow(this.used);
    // Left out numbers would make these lists of holes, which are slow to look up.
    while (this.open.length <= bucket) {
      this.open.push(undefined);
      this.full.push([]);
    }
    this.used[bucket] = 0;
    return (this.open[bucket] = this.room.take());
  }
}
