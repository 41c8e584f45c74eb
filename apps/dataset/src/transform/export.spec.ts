import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { DatasetVersion } from '#libs/catalog';
import { silent } from '../reporting.js';
import { COLUMNS } from '../rows.js';
import { exportRows } from './export.js';
import { BuildFolder, MEMORY_BYTES } from './testing/build-folder.js';
import { chartCsv, chartDays, chartRow, type ChartRow } from './testing/chart-rows.js';

let folder: BuildFolder;
beforeAll(async () => {
  folder = await BuildFolder.create();
});
afterAll(() => folder.remove());

function exported(version: DatasetVersion, name: string): Promise<{ readonly rows: number }> {
  const format = name.endsWith('.parquet') ? 'parquet' : 'csv';
  const bounds = { memoryLimitBytes: MEMORY_BYTES, threads: 2, tempDir: folder.path, reporter: silent };
  return exportRows(version, { file: folder.at(name), format, ...bounds });
}

async function builtAgain(name: string): Promise<string> {
  return (await folder.buildFrom([folder.at(name)])).manifest.version;
}

describe('an export', () => {
  it.each(['rows.csv', 'rows.csv.gz', 'rows.csv.zst', 'rows.parquet', "it's.csv"])(
    'as %s builds the same version again',
    async (name) => {
      const version = await folder.build({ 'charts.csv': chartCsv(chartDays(6, ['Global', 'Österreich'])) });
      expect(await exported(version, name)).toEqual({ rows: 120 });
      expect(await builtAgain(name)).toBe(version.manifest.version);
      expect((await readdir(folder.path)).filter((found) => found.includes('partial'))).toEqual([]);
    },
  );

  it('holds the rows as they came, with what is missing left empty', async () => {
    const rows = [
      chartRow({ title: '', url: '', trend: '' }),
      chartRow({ artist: '', streams: '', rank: '2' }),
      chartRow({ chart: 'viral50', region: 'Brazil', streams: '', title: ' "quoted", \r\nand broken ' }),
      chartRow({ date: '2021-03-02', streams: '4294967294', rank: '1000' }),
    ];
    await exported(await folder.build({ 'charts.csv': chartCsv(rows) }), 'few.csv');
    const records = parse(await readFile(folder.at('few.csv')));
    const asLine = (row: ChartRow) => COLUMNS.map((column) => row[column]);
    expect(records[0]).toEqual([...COLUMNS]);
    const byDate = (a: readonly string[], b: readonly string[]) => (a.join() < b.join() ? -1 : 1);
    expect(records.slice(1).sort(byDate)).toEqual(rows.map(asLine).sort(byDate));
  });

  it('keeps any text in any name', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => !value.includes('\0'));
    const rows = fc.array(fc.record({ title: text, artist: text, url: text, region: text, trend: text }), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom('any.csv', 'any.parquet'), async (changes, name) => {
        const all = changes.map((change, i) =>
          chartRow({ ...change, region: change.region || 'R', rank: String(i + 1) }),
        );
        const version = await folder.build({ 'charts.csv': chartCsv(all) });
        await exported(version, name);
        expect(await builtAgain(name)).toBe(version.manifest.version);
      }),
      { numRuns: 12 },
    );
  });

  it('that fails leaves no part of a file', async () => {
    const version = await folder.build({ 'charts.csv': chartCsv([chartRow()]) });
    await expect(exported(version, 'no/such/folder.csv')).rejects.toThrow('no/such/folder.csv');
    expect(await readdir(folder.path)).not.toContain('no');
  });
});
