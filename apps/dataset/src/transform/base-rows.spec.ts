import fc from 'fast-check';
import { UsageError } from '../reporting.js';
import { BuildFolder } from './testing/build-folder.js';
import { chartCsv, chartDays, chartRow, type ChartRow } from './testing/chart-rows.js';

let folder: BuildFolder;
beforeAll(async () => {
  folder = await BuildFolder.create();
});
afterAll(() => folder.remove());

const files = (rows: readonly ChartRow[]) => ({ 'charts.csv': chartCsv(rows) });
const days = chartDays(8, ['Global', 'Österreich', 'Brazil']);
const until = (last: string) => days.filter(({ date }) => date <= last);
const after = (last: string) => days.filter(({ date }) => date > last);

describe('a dataset appended to', () => {
  it('is the same as one built from all rows at once', async () => {
    const whole = await folder.build(files(days));
    const base = await folder.build(files(until('2021-03-05')));
    const appended = await folder.build(files(after('2021-03-05')), { base });
    expect(appended.manifest.version).toBe(whole.manifest.version);
    const { rows, regions, firstDate, lastDate } = whole.manifest;
    expect(appended.manifest).toMatchObject({ rows, regions, firstDate, lastDate });
    expect(appended.manifest.sources.map((source) => source.rows)).toEqual([150, 90]);
    expect(await folder.verify(appended)).toEqual([]);
  });

  it('is that also with earlier days, other charts and regions, and new songs, however the rows are split', async () => {
    const charts = [...new Set(days.map(({ date, region, chart }) => `${date} ${region} ${chart}`))];
    const { manifest } = await folder.build(files(days));
    await fc.assert(
      fc.asyncProperty(fc.subarray(charts, { minLength: 1, maxLength: charts.length - 1 }), async (first) => {
        const isFirst = ({ date, region, chart }: ChartRow) => first.includes(`${date} ${region} ${chart}`);
        const base = await folder.build(files(days.filter(isFirst)));
        const appended = await folder.build(files(days.filter((row) => !isFirst(row))), { base });
        expect(appended.manifest.version).toBe(manifest.version);
      }),
      { numRuns: 4 },
    );
  });

  it('keeps its place when nothing is added', async () => {
    const base = await folder.build(files(days));
    const appended = await folder.build(files([]), { base });
    expect(appended.manifest.version).toBe(base.manifest.version);
  });

  it('refuses charts that it holds already and names chart, region and date', async () => {
    const base = await folder.build(files(days));
    const one = folder.build(files([chartRow({ date: '2021-03-04', region: 'Österreich' })]), { base });
    await expect(one).rejects.toThrow(UsageError);
    await expect(one).rejects.toThrow(
      'The dataset already holds 1 of these charts (top200 Österreich 2021-03-04): give --replace to replace them. Nothing was changed.',
    );
    const more = folder.build(files(after('2021-03-06')), { base });
    await expect(more).rejects.toThrow(/holds 12 of these charts \(top200 Brazil 2021-03-07; viral50 .*; \.\.\.\)/);
  });

  it('holds only the new rows of charts that are replaced', async () => {
    const base = await folder.build(files(days));
    const fresh = [
      chartRow({ date: '2021-03-04', title: 'Corrected', rank: '1' }),
      chartRow({ date: '2021-03-04', title: 'Second', rank: '2', streams: '2000' }),
      chartRow({ date: '2021-03-09', title: 'New day' }),
    ];
    const isReplaced = ({ date, region, chart }: ChartRow) =>
      date === '2021-03-04' && region === 'Global' && chart === 'top200';
    const whole = await folder.build(files([...days.filter((row) => !isReplaced(row)), ...fresh]));
    const replaced = await folder.build(files(fresh), { base, replaceDays: true });
    expect(replaced.manifest.version).toBe(whole.manifest.version);
    expect(replaced.manifest.rows).toEqual(whole.manifest.rows);
  });

  it('forgets regions, days, trends, artists and songs that are replaced altogether', async () => {
    const lost = { title: 'Gone', artist: 'Gone', url: 'gone', trend: 'GONE' };
    const base = await folder.build(files([chartRow(lost), chartRow({ rank: '2' })]));
    const fresh = [chartRow({ title: 'Stays' })];
    const replaced = await folder.build(files(fresh), { base, replaceDays: true });
    expect(replaced.manifest.version).toBe((await folder.build(files(fresh))).manifest.version);
    expect(replaced.manifest.rows).toMatchObject({ entries: 1, artists: 1, tracks: 1 });
  });

  it('keeps alike rows of unknown songs apart', async () => {
    const alike = ['MOVE_UP', ''].map((trend) => chartRow({ title: '', trend }));
    const base = await folder.build(files(alike));
    const next = [chartRow({ date: '2021-03-02' })];
    const appended = await folder.build(files(next), { base });
    expect(appended.manifest.version).toBe((await folder.build(files([...alike, ...next]))).manifest.version);
  });
});
