import fc from 'fast-check';
import { CHARTS } from '#libs/catalog';
import { compareStreams, NO_STREAMS } from '#libs/serving';
import { ChartDay, NO_SONG, type Dropped } from './chart-day.js';

const [TOP200, VIRAL50] = [CHARTS.indexOf('top200'), CHARTS.indexOf('viral50')];

interface Entry {
  readonly rank: number;
  readonly track: number;
  readonly streams: number;
  readonly trend: number;
  /** 0 for a row of the dataset that is appended to. */
  readonly origin: number;
}

const entry = (change: Partial<Entry>): Entry => ({ rank: 1, track: 0, streams: 10, trend: 0, origin: 1, ...change });

/** A chart of the entries in order of rank, as they come from the sorted stage; entries of one rank stay as given. */
function chartOf(entries: readonly Entry[], chartId = TOP200): ChartDay {
  const chart = new ChartDay();
  chart.chartId = chartId;
  const sorted = entries.toSorted((a, b) => a.rank - b.rank);
  for (const { rank, track, streams, trend, origin } of sorted) chart.push(rank, track, streams, trend, origin);
  return chart;
}

/** Tracks 0 and 1 are one song, 2 another, 3 one of which title or artist is unknown. */
const SONGS = Uint32Array.of(0, 0, 1, NO_SONG);

function keep(entries: readonly Entry[]) {
  const chart = chartOf(entries);
  const dropped: Dropped = { exactDuplicates: 0, repeatedSongs: 0, replaced: 0 };
  const gone = new Set<number>();
  chart.dropRepeated(SONGS, new Uint32Array(2), 1, dropped, (index) => gone.add(index));
  const kept: string[] = [];
  for (let i = 0; i < chart.length; i++) {
    if (gone.has(i)) continue;
    kept.push([chart.ranks[i], chart.trackIds[i], chart.streams[i], chart.trendIds[i], chart.origins[i]].join(' '));
  }
  return { kept: kept.sort(), dropped };
}

/** The same rules on plain objects. */
function keepNaively(entries: readonly Entry[]) {
  const dropped: Dropped = { exactDuplicates: 0, repeatedSongs: 0, replaced: 0 };
  const files = entries.filter(({ origin }) => origin === 1);
  const rows = files.length > 0 ? files : entries;
  dropped.replaced = entries.length - rows.length;
  const distinct = new Map(rows.map((row) => [JSON.stringify(row), row]));
  dropped.exactDuplicates = rows.length - distinct.size;
  const best = [...distinct.values()].toSorted(
    (a, b) => a.rank - b.rank || compareStreams(a.streams, b.streams) || a.track - b.track || a.trend - b.trend,
  );
  const songs = new Set<number>();
  const kept = best.filter(({ track }) => {
    const song = SONGS[track]!;
    if (song === NO_SONG) return true;
    if (songs.has(song)) return false;
    songs.add(song);
    return true;
  });
  dropped.repeatedSongs = distinct.size - kept.length;
  const texts = kept.map(({ rank, track, streams, trend, origin }) => [rank, track, streams, trend, origin].join(' '));
  return { kept: texts.sort(), dropped };
}

const entries = fc.array(
  fc.record({
    rank: fc.integer({ min: 1, max: 4 }),
    track: fc.integer({ min: 0, max: 3 }),
    streams: fc.constantFrom(0, 7, 8, NO_STREAMS - 1, NO_STREAMS),
    trend: fc.constantFrom(0, 1, 255),
    origin: fc.constantFrom(0, 1),
  }),
  { maxLength: 12 },
);

describe('rank by region', () => {
  it('counts by streams, equal streams sharing the smallest position', () => {
    const chart = chartOf([40, 30, 30, 20].map((streams, i) => entry({ rank: i + 1, track: i, streams })));
    expect([...chart.ranksByRegion()]).toEqual([1, 2, 2, 4]);
  });

  it('does not need the streams to fall with the rank', () => {
    const chart = chartOf([20, 40, 20, 50].map((streams, i) => entry({ rank: i + 1, track: i, streams })));
    expect([...chart.ranksByRegion()]).toEqual([3, 2, 3, 1]);
  });

  it('is the rank of a row without streams, which takes no position from the others', () => {
    const streams = [NO_STREAMS, 30, NO_STREAMS, 0];
    const chart = chartOf(streams.map((value, i) => entry({ rank: i + 1, track: i, streams: value })));
    expect([...chart.ranksByRegion()]).toEqual([1, 1, 3, 2]);
  });

  it('is the rank on viral50, streams or not', () => {
    const rows = [10, NO_STREAMS, 30].map((streams, i) => entry({ rank: i + 3, track: i, streams }));
    expect([...chartOf(rows, VIRAL50).ranksByRegion()]).toEqual([3, 4, 5]);
  });

  it('is one more than the number of rows with more streams, for any chart of any length', () => {
    const streams = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(NO_STREAMS)), { maxLength: 600 });
    fc.assert(
      fc.property(streams, (values) => {
        const chart = chartOf(values.map((value, i) => entry({ rank: i + 1, track: i, streams: value })));
        const known = values.filter((value) => value !== NO_STREAMS);
        const expected = values.map((value, i) =>
          value === NO_STREAMS ? i + 1 : known.filter((other) => other > value).length + 1,
        );
        expect([...chart.ranksByRegion()]).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

describe('repeated rows', () => {
  it('are dropped but for the better rank', () => {
    const { kept, dropped } = keep([entry({ rank: 3, track: 1 }), entry({ rank: 2, track: 0 })]);
    expect(kept).toEqual(['2 0 10 0 1']);
    expect(dropped).toEqual({ exactDuplicates: 0, repeatedSongs: 1, replaced: 0 });
  });

  it('of one rank leave the one with more streams, then the first track', () => {
    const rows = [
      entry({ track: 0, streams: NO_STREAMS }),
      entry({ track: 1, streams: 3 }),
      entry({ track: 0, streams: 3 }),
    ];
    expect(keep(rows).kept).toEqual(['1 0 3 0 1']);
  });

  it('that are equal in everything are counted apart', () => {
    const { kept, dropped } = keep([entry({}), entry({}), entry({}), entry({ trend: 1 })]);
    expect(kept).toEqual(['1 0 10 0 1']);
    expect(dropped).toEqual({ exactDuplicates: 2, repeatedSongs: 1, replaced: 0 });
  });

  it('are none when the title or the artist is unknown, unless equal in everything', () => {
    const rows = [
      entry({ track: 3 }),
      entry({ track: 3 }),
      entry({ track: 3, trend: 1 }),
      entry({ track: 3, rank: 2 }),
    ];
    const { kept, dropped } = keep(rows);
    expect(kept).toEqual(['1 3 10 0 1', '1 3 10 1 1', '2 3 10 0 1']);
    expect(dropped).toEqual({ exactDuplicates: 1, repeatedSongs: 0, replaced: 0 });
  });

  it('of the dataset appended to give way to those of the files', () => {
    const rows = [entry({ rank: 1, origin: 0 }), entry({ rank: 5 }), entry({ rank: 2, track: 2, origin: 0 })];
    expect(chartOf(rows).isHeldAlready).toBe(true);
    const { kept, dropped } = keep(rows);
    expect(kept).toEqual(['5 0 10 0 1']);
    expect(dropped.replaced).toBe(2);
  });

  it('are the same as by comparing plain objects, whatever the order of the rows', () => {
    const shuffled = entries.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray([...rows], { minLength: rows.length })),
    );
    fc.assert(
      fc.property(shuffled, ([rows, others]) => {
        const expected = keepNaively(rows);
        expect(keep(rows)).toEqual(expected);
        expect(keep(others)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('of one chart say nothing about the next', () => {
    const seen = new Uint32Array(2);
    const dropped: Dropped = { exactDuplicates: 0, repeatedSongs: 0, replaced: 0 };
    for (const mark of [1, 2, 3]) chartOf([entry({})]).dropRepeated(SONGS, seen, mark, dropped, () => undefined);
    expect(dropped).toEqual({ exactDuplicates: 0, repeatedSongs: 0, replaced: 0 });
  });
});
