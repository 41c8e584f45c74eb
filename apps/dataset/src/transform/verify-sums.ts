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
    let hash = mix(artist, entries.days[i]!);
    hash = mix(hash, (entries.regionIds[i]! << 1) | entries.chartIds[i]!);
    hash = mix(hash, entries.trackIds[i]!);
    hash = mix(hash, (entries.ranks[i]! << 16) | entries.ranksByRegion[i]!);
    hash = mix(hash, entries.streams[i]!);
    hash = mix(hash, entries.trendIds[i]!);
    this.count++;
    this.hash = (this.hash + hash) >>> 0;
  }
}

function mix(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
