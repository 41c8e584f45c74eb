import fc from 'fast-check';
import { NO_TREND } from '#libs/catalog';
import { EntryColumns, NO_STREAMS } from '../entry-columns.js';

/** An entry as an object. */
export interface Entry {
  readonly day: number;
  readonly region: number;
  readonly chart: number;
  readonly track: number;
  readonly rank: number;
  readonly rankByRegion: number;
  readonly streams: number;
  readonly trend: number;
}

/** Any entry that a serving file can hold. */
export const entryArbitrary: fc.Arbitrary<Entry> = fc.record({
  day: fc.nat(0xffff),
  region: fc.nat(0xffff),
  chart: fc.nat(1),
  track: fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 0xffff_ffff })),
  rank: fc.integer({ min: 1, max: 1000 }),
  rankByRegion: fc.integer({ min: 1, max: 1000 }),
  streams: fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 0xffff_ffff }), fc.constant(NO_STREAMS)),
  trend: fc.oneof(fc.nat(NO_TREND), fc.constant(NO_TREND)),
});

/** Columns of the entries. */
export function columnsOf(entries: readonly Entry[]): EntryColumns {
  const columns = new EntryColumns(Math.max(1, entries.length));
  entries.forEach((entry, i) => {
    columns.days[i] = entry.day;
    columns.regionIds[i] = entry.region;
    columns.chartIds[i] = entry.chart;
    columns.trackIds[i] = entry.track;
    columns.ranks[i] = entry.rank;
    columns.ranksByRegion[i] = entry.rankByRegion;
    columns.streams[i] = entry.streams;
    columns.trendIds[i] = entry.trend;
  });
  columns.length = entries.length;
  return columns;
}

/** The entries of columns. */
export function entriesOf(columns: EntryColumns): Entry[] {
  return Array.from({ length: columns.length }, (_, i) => ({
    day: columns.days[i]!,
    region: columns.regionIds[i]!,
    chart: columns.chartIds[i]!,
    track: columns.trackIds[i]!,
    rank: columns.ranks[i]!,
    rankByRegion: columns.ranksByRegion[i]!,
    streams: columns.streams[i]!,
    trend: columns.trendIds[i]!,
  }));
}
