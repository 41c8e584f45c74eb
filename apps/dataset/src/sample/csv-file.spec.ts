import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { UsageError } from '../reporting.js';
import { writeSampleCsv } from './csv-file.js';
import { collectRows } from './testing/collect-rows.js';

const SIZE = { seed: 5, regions: 7, days: 30 };
const { signal } = new AbortController();
const ignore = () => undefined;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sample-csv-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('writeSampleCsv', () => {
  it.each([
    ['rows.csv', (bytes: Buffer) => bytes],
    ['rows.csv.gz', gunzipSync],
    ['rows.csv.zst', zstdDecompressSync],
  ])('writes the rows of the sample, readable by others, to %s', async (name, unpack) => {
    let counted = 0;
    const rows = await writeSampleCsv(SIZE, join(dir, name), (count) => (counted += count), signal);
    const text = unpack(await readFile(join(dir, name))).toString();
    const expected = collectRows(SIZE);
    expect(parse(text, { columns: true })).toEqual(expected);
    expect([rows, counted]).toEqual([expected.length, expected.length]);
    expect(await readdir(dir)).toEqual([name]);
  });

  it('quotes only fields that need it', async () => {
    await writeSampleCsv(SIZE, join(dir, 'rows.csv'), ignore, signal);
    const lines = (await readFile(join(dir, 'rows.csv'), 'utf8')).split('\n');
    expect(lines[0]).toBe('title,rank,date,artist,url,region,chart,trend,streams');
    expect(lines.some((line) => !line.includes('"'))).toBe(true);
    expect(lines.some((line) => line.includes('""'))).toBe(true);
  });

  it('refuses a name that says nothing it can write', async () => {
    const refused = writeSampleCsv(SIZE, join(dir, 'rows.xlsx'), ignore, signal);
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow('.csv, .csv.gz or .csv.zst');
  });

  it.each(['rows.csv', 'rows.csv.gz'])('leaves nothing of %s behind when it is stopped', async (name) => {
    const controller = new AbortController();
    const stopped = writeSampleCsv(SIZE, join(dir, name), () => controller.abort(), controller.signal);
    await expect(stopped).rejects.toThrow('aborted');
    expect(await readdir(dir)).toEqual([]);
  });

  it('names the file that cannot be written', async () => {
    const path = join(dir, 'missing', 'rows.csv');
    await expect(writeSampleCsv(SIZE, path, ignore, signal)).rejects.toMatchObject({
      code: 'ENOENT',
      path: `${path}.part`,
    });
  });
});
