import { readdir } from 'node:fs/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { NO_TREND, REJECTS_FILE, SERVING_FILE } from '#libs/catalog';
import { UsageError } from '../reporting.js';
import { BuildFolder } from './testing/build-folder.js';
import { chartCsv, chartDays, chartRow, type ChartRow } from './testing/chart-rows.js';

let folder: BuildFolder;
beforeAll(async () => {
  folder = await BuildFolder.create();
});
afterAll(() => folder.remove());

const built = (rows: readonly ChartRow[]) => folder.build({ 'charts.csv': chartCsv(rows) });

describe('a version', () => {
  const ROWS = chartDays(12, ['Global', 'Österreich', 'Brazil'], 10);
  let version: string;
  beforeAll(async () => {
    version = (await built(ROWS)).manifest.version;
  });

  it('says in its manifest what it holds', async () => {
    const { manifest, folder: place } = await built(ROWS);
    expect(manifest).toMatchObject({
      period: 'daily',
      rows: { entries: 720, top200: 360, viral50: 360, charts: 72, regions: 3, days: 12, artists: 5 },
      regions: ['Brazil', 'Global', 'Österreich'],
      firstDate: '2021-03-01',
      lastDate: '2021-03-12',
      sources: [{ name: 'charts.csv', rows: 720, rejected: 0, dateMeaning: 'chart day' }],
      rejects: {},
    });
    expect(manifest.files.map(({ name }) => name)).toEqual([SERVING_FILE, REJECTS_FILE]);
    expect((await readdir(place)).sort()).toEqual([SERVING_FILE, 'manifest.json', REJECTS_FILE].sort());
    const without = (field: keyof ChartRow, more = (_: ChartRow) => true) =>
      ROWS.filter((row) => row[field] === '' && more(row)).length;
    expect(manifest.quality).toEqual({
      exactDuplicates: 0,
      repeatedSongs: 0,
      doubledRanks: 0,
      nullTitles: without('title'),
      nullArtists: without('artist'),
      nullUrls: without('url'),
      nullTop200Streams: without('streams', ({ chart }) => chart === 'top200'),
    });
    expect(manifest.quality.nullTitles).toBeGreaterThan(0);
  });

  it('is the same whatever the order of the rows', async () => {
    const shuffled = fc.shuffledSubarray([...ROWS], { minLength: ROWS.length });
    await fc.assert(
      fc.asyncProperty(shuffled, async (rows) => expect((await built(rows)).manifest.version).toBe(version)),
      { numRuns: 3 },
    );
  });

  it('is the same whatever the files, their order, packing and line ends', async () => {
    const parts = [ROWS.slice(0, 100), ROWS.slice(100, 101), ROWS.slice(101)].map(chartCsv);
    const packed = await folder.build({
      'c.csv': parts[0]!,
      'b.csv.gz': gzipSync(parts[1]!),
      'a.csv.zst': zstdCompressSync(parts[2]!),
    });
    expect(packed.manifest.version).toBe(version);
    const titles = ROWS.map((row) => ({ ...row, title: row.title.replace('\n', ' ') }));
    const unix = await built(titles);
    const windows = await folder.build({ 'w.csv': chartCsv(titles).replaceAll('\n', '\r\n') });
    expect(windows.manifest.version).toBe(unix.manifest.version);
  });

  it('is the same whatever the order of the columns', async () => {
    const records = parse(chartCsv(ROWS));
    const quoted = records.map((record) =>
      record
        .toReversed()
        .map((text) => `"${text.replaceAll('"', '""')}"`)
        .join(),
    );
    expect((await folder.build({ 'reversed.csv': quoted.join('\n') })).manifest.version).toBe(version);
  });

  it('is the same on any number of threads', async () => {
    const many = chartDays(28, ['Global', 'Brazil', 'Chile', 'Peru', 'Kenya'], 40);
    const versions = new Set<string>();
    for (const [threads, rows] of [
      [1, many],
      [4, many],
      [3, many.toReversed()],
    ] as const) {
      versions.add((await folder.build({ 'charts.csv': chartCsv(rows) }, { threads })).manifest.version);
    }
    expect(versions.size).toBe(1);
  });

  it.each([
    ['a title', { title: 'Tin Lanterns ' }],
    ['a rank', { rank: '2' }],
    ['a day', { date: '2021-03-02' }],
    ['a region', { region: 'Brazil' }],
    ['a trend', { trend: '' }],
    ['streams', { streams: '' }],
    ['an url', { url: '' }],
    ['a chart', { chart: 'viral50' }],
  ] satisfies [string, Partial<ChartRow>][])('is another when %s is', async (_, change) => {
    const one = await built([chartRow()]);
    expect((await built([chartRow(change)])).manifest.version).not.toBe(one.manifest.version);
  });

  it('is the same in so little memory that nearly all of it goes to the disk on the way', async () => {
    const rows = chartDays(28, ['Global', 'Österreich', 'Brazil'], 50);
    const expected = (await built(rows)).manifest.version;
    const { manifest } = await folder.build({ 'charts.csv': chartCsv(rows) }, { memoryLimitBytes: 1e5 });
    expect(manifest.version).toBe(expected);
  });

  it('tells tracks apart that share a url, whichever came first', async () => {
    const url = 'https://open.spotify.com/track/one';
    const titles = ['Old Name', 'New Name', '', 'Old Name', ''];
    const rows = titles.map((title, i) => chartRow({ title, url, rank: String(i + 1), date: `2021-03-0${i + 1}` }));
    const { manifest } = await built(rows);
    expect(manifest.rows).toMatchObject({ entries: 5, tracks: 3 });
    expect(manifest.version).toBe((await built(rows.toReversed())).manifest.version);
  });

  it('of a week is another than that of a day', async () => {
    const csv = { 'charts.csv': chartCsv([chartRow()]) };
    const [daily, weekly] = [await folder.build(csv), await folder.build(csv, { period: 'weekly' })];
    expect(weekly.manifest).toMatchObject({ period: 'weekly', sources: [{ dateMeaning: 'chart week' }] });
    expect(weekly.manifest.version).not.toBe(daily.manifest.version);
  });
});

describe('repeated rows', () => {
  it('are dropped and counted', async () => {
    const once = [chartRow(), chartRow({ title: 'Low', rank: '2', streams: '900' })];
    const again = [chartRow(), chartRow({ rank: '7' }), chartRow({ rank: '4', url: '' }), ...once];
    const { manifest } = await built([...again, chartRow({ title: 'Low', rank: '3', streams: '5000' })]);
    expect(manifest.version).toBe((await built(once)).manifest.version);
    expect(manifest.quality).toMatchObject({ exactDuplicates: 1, repeatedSongs: 3 });
  });

  it('are told apart when title or artist is unknown, though their place and track be the same', async () => {
    const alike = [
      chartRow({ title: '', rank: '3', trend: 'MOVE_UP' }),
      chartRow({ title: '', rank: '3', trend: 'MOVE_DOWN' }),
      chartRow({ title: '', rank: '3', trend: '' }),
      chartRow({ title: '', rank: '4' }),
      chartRow({ artist: '', rank: '3', streams: '' }),
      chartRow({ artist: '', rank: '3', streams: '', trend: 'MOVE_UP' }),
      ...['1', '0', ''].map((streams) => chartRow({ title: '', chart: 'viral50', streams })),
    ];
    const { manifest } = await built(alike);
    expect(manifest.rows.entries).toBe(alike.length);
    expect(manifest.quality).toMatchObject({ exactDuplicates: 0, repeatedSongs: 0 });
    for (const rows of [alike.toReversed(), alike.toSorted((a, b) => (a.trend < b.trend ? -1 : 1))]) {
      expect((await built(rows)).manifest.version).toBe(manifest.version);
    }
  });

  it('may hold the same rank, which is counted', async () => {
    const rows = ['A', 'B', 'C'].map((title) => chartRow({ title }));
    expect((await built(rows)).manifest.quality).toMatchObject({ doubledRanks: 2, repeatedSongs: 0 });
  });
});

describe('a build', () => {
  it('of no rows is refused', async () => {
    await expect(built([])).rejects.toThrow(new UsageError('The input has no rows: there is nothing to serve.'));
  });

  it('of bad rows only is refused, even when all may be bad', async () => {
    const only = folder.build({ 'a.csv': chartCsv([chartRow({ chart: 'x' })]) }, { maxRejects: 1 });
    await expect(only).rejects.toThrow('has no rows');
  });

  it('of more trends than can be told apart is refused', async () => {
    const rows = Array.from({ length: NO_TREND + 1 }, (_, i) =>
      chartRow({ rank: String(i + 1), title: `${i}`, trend: `T${i}` }),
    );
    await expect(built(rows)).rejects.toThrow(`The column trend has ${NO_TREND + 1} different values`);
    await expect(built(rows.slice(1))).resolves.toMatchObject({ manifest: { rows: { entries: NO_TREND } } });
  });

  it('that is interrupted ends with the reason', async () => {
    const reason = new Error('stop');
    const stopped = folder.build({ 'a.csv': chartCsv([chartRow()]) }, { signal: AbortSignal.abort(reason) });
    await expect(stopped).rejects.toBe(reason);
  });
});
