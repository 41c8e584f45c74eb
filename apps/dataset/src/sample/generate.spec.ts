import { createHash } from 'node:crypto';
import { UsageError } from '../reporting.js';
import { generateRows, mostRows, streamRows } from './generate.js';
import { SAMPLE_REGIONS } from './regions.js';
import { collectRows, type TextRow } from './testing/collect-rows.js';

const SIZE = { seed: 1, regions: 12, days: 60 };
const rows = collectRows(SIZE);
const top = rows.filter(({ chart }) => chart === 'top200');

const digest = (some: readonly TextRow[]) => createHash('sha256').update(JSON.stringify(some)).digest('hex');
const groups = (some: readonly TextRow[], key: (row: TextRow) => string) => Map.groupBy(some, key);
const chartDay = ({ region, chart, date }: TextRow) => `${region}|${chart}|${date}`;
const song = ({ title, artist, url }: TextRow) => `${title}|${artist}|${url}`;
const charts = groups(rows, chartDay);

describe('generateRows', () => {
  it('gives the same rows for a seed and size, for ever', () => {
    const small = { seed: 1, regions: 3, days: 5 };
    expect(digest(collectRows(SIZE))).toBe(digest(rows));
    expect(digest(rows)).toBe('43fb2dde4367af986355bc155c3eed9534f22a8586c4d8edd2d4844c77e15762');
    expect(digest(collectRows(small))).toBe('db7932b300eb88cbca17bec289706ea3fd4d023a1c030240ad4ff5ea936740da');
    expect(digest(collectRows({ ...small, seed: 2 }))).not.toBe(digest(collectRows(small)));
  });

  it('says after each day how many rows there were', () => {
    const counts: number[] = [];
    generateRows(SIZE, { open: () => undefined, accept: () => undefined }, (count) => counts.push(count));
    expect(counts).toHaveLength(60);
    expect(counts.reduce((sum, count) => sum + count)).toBe(rows.length);
    expect(rows.length).toBeLessThan(mostRows(SIZE));
    expect(rows.length).toBeGreaterThan(mostRows(SIZE) * 0.6);
  });

  it('gives the same rows when others work in between, and stops when told', async () => {
    let count = 0;
    const sink = { open: () => undefined, accept: () => void count++ };
    await streamRows({ ...SIZE, days: 6 }, sink, () => undefined, new AbortController().signal);
    expect(count).toBe(collectRows({ ...SIZE, days: 6 }).length);
    const controller = new AbortController();
    const stopped = streamRows(SIZE, sink, () => controller.abort(), controller.signal);
    await expect(stopped).rejects.toThrow('aborted');
  });

  it.each([
    [{ ...SIZE, regions: 0 }, /--regions 0: expected a whole number from 1 to 77/],
    [{ ...SIZE, regions: 78 }, /--regions/],
    [{ ...SIZE, days: 0 }, /--days/],
    [{ ...SIZE, days: 1.5 }, /--days/],
    [{ ...SIZE, seed: -1 }, /--seed/],
  ])('refuses sizes out of range: %o', (options, message) => {
    expect(() => collectRows(options)).toThrow(UsageError);
    expect(() => collectRows(options)).toThrow(message);
  });

  it('makes the smallest sample, too', () => {
    expect(collectRows({ seed: 3, regions: 1, days: 1 }).length).toBeGreaterThan(100);
  });

  it('knows 70 regions and more, each once', () => {
    const names = SAMPLE_REGIONS.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(70);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the fields of a sample', () => {
  it('are as in the export', () => {
    const sound = (row: TextRow) =>
      /^2017-0[123]-\d\d$/.test(row.date) &&
      /^(top200|viral50)$/.test(row.chart) &&
      /^(MOVE_UP|MOVE_DOWN|SAME_POSITION|NEW_ENTRY)?$/.test(row.trend) &&
      /^(https:\/\/open\.spotify\.com\/track\/[0-9A-Za-z]{22})?$/.test(row.url) &&
      (row.chart === 'top200' ? /^\d{0,10}$/ : /^$/).test(row.streams) &&
      Number(row.rank) >= 1 &&
      Number(row.rank) <= (row.chart === 'top200' ? 200 : 50);
    expect(rows.filter((row) => !sound(row))).toEqual([]);
    expect(new Set(rows.map(({ region }) => region))).toEqual(
      new Set(SAMPLE_REGIONS.slice(0, 12).map(({ name }) => name)),
    );
  });

  const patterns: readonly (readonly [string, keyof TextRow, RegExp])[] = [
    ['artists that work together, with a comma', 'artist', /^[^,]+, (?!The )[^,]+$/],
    ['artists that work together, with an ampersand', 'artist', / & (?!the )/],
    ['one artist with a comma', 'artist', /^\p{L}+, The \p{L}+$/u],
    ['quotes in an artist', 'artist', /"\p{L}+"/u],
    ['apostrophes', 'artist', /'/],
    ['emoji', 'artist', /\p{Extended_Pictographic}/u],
    ['combining accents', 'artist', /[a-z][\u0300-\u036f]/],
    ['Greek', 'artist', /\p{Script=Greek}/u],
    ['Cyrillic', 'artist', /\p{Script=Cyrillic}/u],
    ['Japanese', 'artist', /\p{Script=Katakana}/u],
    ['Korean', 'artist', /\p{Script=Hangul}/u],
    ['Arabic', 'artist', /\p{Script=Arabic}/u],
    ['Hindi', 'artist', /\p{Script=Devanagari}/u],
    ['Thai', 'artist', /\p{Script=Thai}/u],
    ['commas in a title', 'title', /,/],
    ['quotes in a title', 'title', /"/],
    ['guests in a title', 'title', /\(feat\. .+\)/],
    ['no title', 'title', /^$/],
    ['no artist', 'artist', /^$/],
    ['no url', 'url', /^$/],
  ];
  it.each(patterns)('have %s', (_, column, pattern) => {
    expect(rows.some((row) => pattern.test(row[column]))).toBe(true);
  });

  it('have equal titles of different artists', () => {
    const byTitle = groups(
      rows.filter(({ title }) => title !== ''),
      ({ title }) => title,
    );
    const shared = [...byTitle.values()].filter((some) => new Set(some.map(({ artist }) => artist)).size > 1);
    expect(shared.length).toBeGreaterThan(20);
  });

  it('are popular as by Zipf: few artists have many entries, most have few', () => {
    const counts = [...groups(rows, ({ artist }) => artist).values()].map((some) => some.length).sort((a, b) => b - a);
    const first = counts.slice(0, Math.ceil(counts.length / 10)).reduce((sum, count) => sum + count);
    expect(first / rows.length).toBeGreaterThan(0.4);
    expect(counts[0]).toBeLessThan(rows.length * 0.05);
  });
});

describe('the charts of a sample', () => {
  it('change slowly from day to day', () => {
    const us = [
      ...groups(
        top.filter(({ region }) => region === 'United States'),
        ({ date }) => date,
      ).values(),
    ];
    for (let day = 1; day < us.length; day++) {
      const before = new Set(us[day - 1]?.map(song));
      const stayed = us[day]?.filter((row) => before.has(song(row))).length ?? 0;
      expect(stayed).toBeGreaterThan(170);
      expect(stayed).toBeLessThan(200);
    }
  });

  it('have songs that re-enter', () => {
    const us = top.filter(({ region }) => region === 'United States');
    const days = [...new Set(us.map(({ date }) => date))];
    const returning = [...groups(us, song).values()].filter((some) => {
      const on = some.map(({ date }) => days.indexOf(date));
      return Math.max(...on) - Math.min(...on) + 1 > new Set(on).size;
    });
    expect(returning.length).toBeGreaterThan(10);
  });

  it('have the trend against the last published chart, and none on the first', () => {
    const before = new Map<string, readonly TextRow[]>();
    const wrong: TextRow[] = [];
    let checked = 0;
    for (const chart of charts.values()) {
      const series = `${chart[0]?.region}|${chart[0]?.chart}`;
      const last = before.get(series);
      before.set(series, chart);
      if (!isPlain(chart) || (last !== undefined && !isPlain(last))) continue;
      const ranks = last && new Map(last.map((row) => [song(row), Number(row.rank)]));
      wrong.push(
        ...chart.filter((row) => row.trend !== expectedTrend(Number(row.rank), ranks?.get(song(row)), !ranks)),
      );
      checked++;
    }
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(charts.size * 0.9);
  });

  it('are missing on some days, and begin later in some regions', () => {
    const days = (region: string) => new Set(rows.filter((row) => row.region === region).map(({ date }) => date));
    expect(days('United States').size).toBe(60);
    expect(days('South Korea').size).toBeLessThan(55);
    expect([...charts.keys()].length).toBeLessThan(12 * 60 * 2 - 40);
  });

  it('are short in small regions', () => {
    const size = (region: string) => charts.get(`${region}|top200|2017-01-05`)?.length ?? 0;
    expect(size('Luxembourg')).toBeLessThan(100);
    expect(size('United States')).toBe(200);
  });

  it('have streams that fall with the rank, but for some, and ties', () => {
    let pairs = 0;
    let rising = 0;
    let equal = 0;
    for (const [i, row] of top.entries()) {
      const before = top[i - 1];
      if (!before || before.streams === '' || row.streams === '' || chartDay(before) !== chartDay(row)) continue;
      pairs++;
      if (Number(row.streams) > Number(before.streams)) rising++;
      if (row.streams === before.streams) equal++;
    }
    expect(rising / pairs).toBeGreaterThan(0.001);
    expect(rising / pairs).toBeLessThan(0.02);
    expect(equal).toBeGreaterThan(50);
  });

  it('have no streams in one region, on some days of another and in a few rows', () => {
    const without = (region: string) => top.filter((row) => row.region === region && row.streams === '').length;
    const all = (region: string) => top.filter((row) => row.region === region).length;
    expect(without('Luxembourg')).toBe(all('Luxembourg'));
    expect(without('Thailand') / all('Thailand')).toBeGreaterThan(0.2);
    expect(without('Thailand') / all('Thailand')).toBeLessThan(0.5);
    expect(without('United States')).toBeGreaterThan(0);
    expect(without('United States')).toBeLessThan(600);
  });

  it('hold what a builder must drop: equal rows, a song at two ranks, two songs at a rank, a song under two urls', () => {
    const chartsWith = (test: (chart: readonly TextRow[]) => boolean) => [...charts.values()].filter(test).length;
    const distinct = (chart: readonly TextRow[], key: (row: TextRow) => string) => new Set(chart.map(key)).size;
    const whole = (row: TextRow) => JSON.stringify(row);
    expect(chartsWith((chart) => distinct(chart, whole) < chart.length)).toBeGreaterThan(0);
    expect(chartsWith((chart) => distinct(chart, song) < distinct(chart, whole))).toBeGreaterThan(0);
    expect(chartsWith((chart) => distinct(chart, ({ rank }) => rank) < distinct(chart, whole))).toBeGreaterThan(0);
    const named = ({ title, artist }: TextRow) => `${title}|${artist}`;
    expect(chartsWith((chart) => distinct(chart, named) < distinct(chart, song))).toBeGreaterThan(0);
  });
});

/** Whether every song has one rank and every rank one song. */
function isPlain(chart: readonly TextRow[]): boolean {
  return new Set(chart.map(song)).size === chart.length && chart.every(({ rank }, i) => rank === String(i + 1));
}

function expectedTrend(rank: number, rankBefore: number | undefined, isFirst: boolean): string {
  if (isFirst) return '';
  if (rankBefore === undefined) return 'NEW_ENTRY';
  return rank === rankBefore ? 'SAME_POSITION' : rank < rankBefore ? 'MOVE_UP' : 'MOVE_DOWN';
}
