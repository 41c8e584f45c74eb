/** Streams of an entry that has none, in columns of numbers; written to the serving file as NULL. */
export const NO_STREAMS = 0xffff_ffff;

/** Entries of charts as one typed array a field, growing as entries are pushed; ids and days as in the serving file. */
export class EntryColumns {
  length = 0;
  days: Uint16Array;
  regionIds: Uint16Array;
  chartIds: Uint8Array;
  trackIds: Uint32Array;
  ranks: Uint16Array;
  ranksByRegion: Uint16Array;
  streams: Uint32Array;
  trendIds: Uint8Array;

  /** Empty columns with room for so many entries. */
  constructor(capacity = 256) {
    this.days = new Uint16Array(capacity);
    this.regionIds = new Uint16Array(capacity);
    this.chartIds = new Uint8Array(capacity);
    this.trackIds = new Uint32Array(capacity);
    this.ranks = new Uint16Array(capacity);
    this.ranksByRegion = new Uint16Array(capacity);
    this.streams = new Uint32Array(capacity);
    this.trendIds = new Uint8Array(capacity);
  }

  /** Makes room for so many entries. */
  reserve(capacity: number): void {
    while (this.days.length < capacity) {
      this.days = grow(this.days);
      this.regionIds = grow(this.regionIds);
      this.chartIds = grow(this.chartIds);
      this.trackIds = grow(this.trackIds);
      this.ranks = grow(this.ranks);
      this.ranksByRegion = grow(this.ranksByRegion);
      this.streams = grow(this.streams);
      this.trendIds = grow(this.trendIds);
    }
  }

  /** Appends a copy of an entry of other columns. */
  push(from: EntryColumns, index: number): void {
    this.reserve(this.length + 1);
    this.put(this.length++, from, index);
  }

  /** Copies of these entries, in this order. */
  pick(indexes: readonly number[]): EntryColumns {
    const picked = new EntryColumns(indexes.length);
    for (const index of indexes) picked.push(this, index);
    return picked;
  }

  /** Leaves these entries, in this order. */
  keep(indexes: readonly number[]): void {
    if (indexes.length === 0) {
      this.length = 0;
      return;
    }
    const kept = this.pick(indexes);
    for (let i = 0; i < kept.length; i++) this.put(i, kept, i);
    this.length = kept.length;
  }

  /** Overwrites an entry with a copy of one of other columns. */
  put(at: number, from: EntryColumns, index: number): void {
    this.days[at] = from.days[index]!;
    this.regionIds[at] = from.regionIds[index]!;
    this.chartIds[at] = from.chartIds[index]!;
    this.trackIds[at] = from.trackIds[index]!;
    this.ranks[at] = from.ranks[index]!;
    this.ranksByRegion[at] = from.ranksByRegion[index]!;
    this.streams[at] = from.streams[index]!;
    this.trendIds[at] = from.trendIds[index]!;
  }
}

/** Order of two numbers of streams: most first, {@link NO_STREAMS} last. */
export function compareStreams(a: number, b: number): number {
  // NO_STREAMS is the largest value: adding one in 32 bits makes it the smallest.
  return ((b + 1) >>> 0) - ((a + 1) >>> 0);
}

/**
 * Order of an artist's entries: day, region, chart, rank by region, track, then as they stand in the chart, which tells
 * any two entries apart. Negative when entry i of `a` comes before entry j of `b`.
 */
export function compareInHistory(a: EntryColumns, i: number, b: EntryColumns, j: number): number {
  return (
    a.days[i]! - b.days[j]! ||
    a.regionIds[i]! - b.regionIds[j]! ||
    a.chartIds[i]! - b.chartIds[j]! ||
    a.ranksByRegion[i]! - b.ranksByRegion[j]! ||
    a.trackIds[i]! - b.trackIds[j]! ||
    a.ranks[i]! - b.ranks[j]! ||
    compareStreams(a.streams[i]!, b.streams[j]!) ||
    a.trendIds[i]! - b.trendIds[j]!
  );
}

/** Order of `/tracks`: most streams first, none last; then that of {@link compareInHistory}. */
export function compareByStreams(a: EntryColumns, i: number, b: EntryColumns, j: number): number {
  return compareStreams(a.streams[i]!, b.streams[j]!) || compareInHistory(a, i, b, j);
}

/** A typed array of twice the length with the same beginning. */
export function grow<T extends Uint8Array | Uint16Array | Uint32Array>(array: T): T {
  const grown = new (array.constructor as new (length: number) => T)(array.length * 2);
  grown.set(array);
  return grown;
}
