import fc from 'fast-check';
import { compareByStreams, compareStreams, EntryColumns, grow, NO_STREAMS } from './entry-columns.js';
import { columnsOf, entriesOf, entryArbitrary } from './testing/entries.js';

const entries = fc.array(entryArbitrary, { maxLength: 40 });
/** Entries of so few values that many are equal. */
const alike = fc.array(
  fc.record({
    ...{ day: fc.nat(1), region: fc.nat(1), chart: fc.nat(1), track: fc.nat(1), rank: fc.nat(1) },
    ...{ rankByRegion: fc.nat(1), streams: fc.constantFrom(0, 1, NO_STREAMS - 1, NO_STREAMS), trend: fc.nat(1) },
  }),
  { minLength: 1, maxLength: 30 },
);

describe('columns of entries', () => {
  it('hold what is pushed, growing as needed', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 50 }), (values, capacity) => {
        const [from, into] = [columnsOf(values), new EntryColumns(capacity)];
        for (let i = 0; i < from.length; i++) into.push(from, i);
        expect(entriesOf(into)).toEqual(values);
        expect(into.streams.length).toBeGreaterThanOrEqual(into.length);
      }),
    );
  });

  it('keep what they hold when room is made, and never give any back', () => {
    const columns = columnsOf([
      { day: 1, region: 2, chart: 1, track: 3, rank: 4, rankByRegion: 5, streams: 6, trend: 7 },
    ]);
    const before = entriesOf(columns);
    columns.reserve(1000);
    const room = columns.days.length;
    expect(room).toBeGreaterThanOrEqual(1000);
    columns.reserve(10);
    expect(columns.days.length).toBe(room);
    expect(entriesOf(columns)).toEqual(before);
  });

  it('give copies of some of their entries in the order asked for', () => {
    const some = entries.chain((values) =>
      fc.tuple(fc.constant(values), values.length === 0 ? fc.constant([]) : fc.array(fc.nat(values.length - 1))),
    );
    fc.assert(
      fc.property(some, ([values, indexes]) => {
        const columns = columnsOf(values);
        const picked = columns.pick(indexes);
        expect(entriesOf(picked)).toEqual(indexes.map((index) => values[index]!));
        columns.streams.fill(0);
        expect(entriesOf(picked)).toEqual(indexes.map((index) => values[index]!));
      }),
    );
  });

  it('can be left with some of their entries in the order asked for', () => {
    const some = entries.chain((values) => fc.tuple(fc.constant(values), fc.shuffledSubarray([...values.keys()])));
    fc.assert(
      fc.property(some, ([values, indexes]) => {
        const columns = columnsOf(values);
        columns.keep(indexes);
        expect(entriesOf(columns)).toEqual(indexes.map((index) => values[index]!));
      }),
    );
  });

  it('can begin without room for any', () => {
    expect(entriesOf(new EntryColumns().pick([]))).toEqual([]);
  });
});

describe('the order by streams', () => {
  it('puts most first and none last', () => {
    const streams = [0, NO_STREAMS, 5, NO_STREAMS - 1, 1];
    expect(streams.sort(compareStreams)).toEqual([NO_STREAMS - 1, 5, 1, 0, NO_STREAMS]);
    expect(compareStreams(NO_STREAMS, NO_STREAMS)).toBe(0);
  });

  it('is total: by streams, day, region, chart, rank by region, track, rank, trend', () => {
    fc.assert(
      fc.property(alike, (values) => {
        const columns = columnsOf(values);
        const found = values.map((_, i) => i).sort((i, j) => compareByStreams(columns, i, columns, j));
        const key = (value: (typeof values)[number]) =>
          [
            ...[value.streams === NO_STREAMS ? 1e10 : 1e9 * 9 - value.streams, value.day, value.region, value.chart],
            ...[value.rankByRegion, value.track, value.rank, value.trend],
          ]
            .map((number) => String(number).padStart(12, '0'))
            .join();
        const sorted = values.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
        expect(found.map((i) => key(values[i]!))).toEqual(sorted.map(key));
        const [first] = found as [number];
        for (const i of found) {
          expect(Math.sign(compareByStreams(columns, i, columns, first))).toBe(
            -Math.sign(compareByStreams(columns, first, columns, i)) + 0,
          );
        }
      }),
    );
  });
});

describe('growing an array', () => {
  it('doubles its length and keeps its kind and values', () => {
    const grown = grow(Uint16Array.of(1, 65_535));
    expect(grown).toEqual(Uint16Array.of(1, 65_535, 0, 0));
  });
});
