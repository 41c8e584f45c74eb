import type { EntryColumns } from '#libs/serving';

/**
 * Two sums over entries that do not depend on their order: the number, and the sum of a hash of each entry with its
 * artist modulo 2^32. Equal sums of two tables mean equal entries unless hashes happen to cancel out.
 */
export class EntrySums {
  count = 0;
  hash = 0;

  /** Adds an entry of an artist. */
  add(artist: number, entries: EntryColumns, i: number): void {
    let hash = artist;
    const mix = (value: number) => {
      hash = Math.imul(hash ^ value, 0x9e3779b1);
      hash ^= hash >>> 15;
    };
    mix(entries.days[i]!);
    mix((entries.regionIds[i]! << 1) | entries.chartIds[i]!);
    mix(entries.trackIds[i]!);
    mix((entries.ranks[i]! << 16) | entries.ranksByRegion[i]!);
    mix(entries.streams[i]!);
    mix(entries.trendIds[i]!);
    this.count++;
    this.hash = (this.hash + hash) >>> 0;
  }
}
