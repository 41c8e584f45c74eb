import fc from 'fast-check';
import { TOP_LIST_ENTRIES } from '#libs/catalog';
import { compareByStreams, EntryColumns, NO_STREAMS } from '#libs/serving';
import { TopList } from './top-list.js';

/** Entries of few different values, so that ties on every field occur. */
function columnsOf(seeds: readonly number[]): EntryColumns {
  const columns = new EntryColumns(Math.max(1, seeds.length));
  seeds.forEach((seed, i) => {
    const streams = seed % 7;
    columns.streams[i] = streams === 0 ? NO_STREAMS : streams;
    columns.days[i] = (seed >> 3) % 3;
    columns.regionIds[i] = (seed >> 5) % 2;
    columns.chartIds[i] = (seed >> 6) % 2;
    columns.ranksByRegion[i] = (seed >> 7) % 3;
    columns.trackIds[i] = (seed >> 9) % 3;
    columns.ranks[i] = (seed >> 11) % 2;
    columns.trendIds[i] = (seed >> 12) % 2;
  });
  columns.length = seeds.length;
  return columns;
}

function entriesOf(columns: EntryColumns): string[] {
  return Array.from({ length: columns.length }, (_, i) =>
    [columns.streams[i], columns.days[i], columns.regionIds[i], columns.chartIds[i], columns.ranksByRegion[i]]
      .concat([columns.trackIds[i], columns.ranks[i], columns.trendIds[i]])
      .join(' '),
  );
}

describe('a top list', () => {
  it('holds what a sort of all entries puts first, in that order', () => {
    const seeds = fc.array(fc.nat(0x3fff), { maxLength: 3 * TOP_LIST_ENTRIES, size: 'max' });
    fc.assert(
      fc.property(seeds, (values) => {
        const offered = columnsOf(values);
        const list = new TopList();
        for (let i = 0; i < offered.length; i++) list.offer(offered, i);
        expect(list.length).toBe(Math.min(values.length, TOP_LIST_ENTRIES));
        const drained = new EntryColumns(1);
        list.drainTo(drained);
        const order = values.map((_, i) => i).sort((i, j) => compareByStreams(offered, i, offered, j));
        expect(entriesOf(drained)).toEqual(entriesOf(offered.pick(order.slice(0, TOP_LIST_ENTRIES))));
        expect(list.length).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('appends to what is there, and can be filled again', () => {
    const list = new TopList();
    const target = columnsOf([1]);
    for (const seeds of [[2, 3], [4]]) {
      const offered = columnsOf(seeds);
      seeds.forEach((_, i) => list.offer(offered, i));
      list.drainTo(target);
    }
    expect([...target.streams.subarray(0, target.length)]).toEqual([1, 3, 2, 4]);
  });
});
