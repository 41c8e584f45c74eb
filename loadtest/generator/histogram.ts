/** Buckets to a doubling: a value is told from one that is a 128th greater. */
const PER_DOUBLING = 128;
const EXACT_BITS = 7;
const MAX_US = 2 ** 31 - 1;
const BUCKETS = (31 - EXACT_BITS + 1) * PER_DOUBLING + PER_DOUBLING;

/** A histogram as it goes through JSON: the buckets that hold something, and the greatest value. */
export interface HistogramData {
  readonly counts: readonly (readonly [bucket: number, count: number])[];
  readonly maxUs: number;
}

/**
 * Counts durations in microseconds, from 0 to 35 minutes, in buckets that grow with the value: exact below 256, within
 * 0.8 % above. Of fixed size however many values it holds, and two can be added.
 */
export class Histogram {
  private readonly counts = new Float64Array(BUCKETS);
  private total = 0;
  private greatest = 0;

  /** Adds a duration; fractions are rounded, what is out of range goes to its end. */
  record(us: number): void {
    const value = Math.min(MAX_US, Math.max(0, Math.round(us)));
    this.counts[bucketOf(value)]! += 1;
    this.total += 1;
    if (value > this.greatest) this.greatest = value;
  }

  get count(): number {
    return this.total;
  }

  get maxUs(): number {
    return this.greatest;
  }

  /** Mean in microseconds, within the width of the buckets; NaN when it holds nothing. */
  get meanUs(): number {
    const sum = this.counts.reduce((all, count, bucket) => all + count * (count > 0 ? greatestIn(bucket) : 0), 0);
    return Math.min(this.greatest, sum / this.total);
  }

  /**
   * The least duration that at least the share (0 to 1) of all does not exceed, in microseconds; at most 0.8 % too
   * great, never too small. NaN when it holds nothing.
   */
  quantile(share: number): number {
    if (this.total === 0) return NaN;
    let left = Math.min(this.total, Math.max(1, Math.ceil(share * this.total)));
    let bucket = 0;
    while ((left -= this.counts[bucket]!) > 0) bucket++;
    return Math.min(this.greatest, greatestIn(bucket));
  }

  /** Adds what another holds. */
  add({ counts, maxUs }: HistogramData): this {
    for (const [bucket, count] of counts) {
      this.counts[bucket]! += count;
      this.total += count;
    }
    this.greatest = Math.max(this.greatest, maxUs);
    return this;
  }

  toJSON(): HistogramData {
    const counts = [...this.counts.entries()].filter(([, count]) => count > 0);
    return { counts, maxUs: this.greatest };
  }
}

function bucketOf(value: number): number {
  if (value < 2 * PER_DOUBLING) return value;
  const shift = 31 - Math.clz32(value) - EXACT_BITS;
  return shift * PER_DOUBLING + (value >>> shift);
}

function greatestIn(bucket: number): number {
  if (bucket < 2 * PER_DOUBLING) return bucket;
  const shift = Math.floor(bucket / PER_DOUBLING) - 1;
  return (bucket - shift * PER_DOUBLING + 1) * 2 ** shift - 1;
}
