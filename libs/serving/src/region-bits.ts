import type { EntryColumns } from './entry-columns.js';

/**
 * Which regions there are among some entries, a bit each: that of the region's id modulo 64, in the low or the high 32 bits.
 * Without a region's bit there is no entry of it; with it there is one, or one of a region whose id differs by a multiple of 64.
 */
export type RegionBits = readonly [low: number, high: number];

/** The bit of a region. */
export function regionBit(regionId: number): RegionBits {
  const bit = (1 << (regionId & 31)) >>> 0;
  return (regionId & 32) === 0 ? [bit, 0] : [0, bit];
}

/** The bits of the regions of the entries `[start, end)`. */
export function regionsOf({ regionIds }: EntryColumns, start: number, end: number): RegionBits {
  let [low, high] = [0, 0];
  for (let index = start; index < end; index++) {
    const region = regionIds[index]!;
    if ((region & 32) === 0) low |= 1 << (region & 31);
    else high |= 1 << (region & 31);
  }
  return [low >>> 0, high >>> 0];
}
