import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { TABLES, chartKey } from '#libs/catalog';
import { seededRandom } from '../random.js';
import { readQuestions, TRACK_FILTERS, trackLists } from './questions.js';

const REGIONS = ['A & B', 'C'];
const CHART_KEYS = [chartKey(2, 0, 0, 0), chartKey(2, 0, 1, 1), chartKey(2, 1, 1, 0), chartKey(2, 2, 0, 0)];

async function makeDataset(folder: string): Promise<void> {
  mkdirSync(join(folder, 'v1'));
  writeFileSync(join(folder, 'current'), 'v1\n');
  const manifest = { version: 'abc', regions: REGIONS, rows: { entries: 103 } };
  writeFileSync(join(folder, 'v1', 'manifest.json'), JSON.stringify(manifest));
  const instance = await DuckDBInstance.create(join(folder, 'v1', 'charts.duckdb'));
  const connection = await instance.connect();
  for (const sql of Object.values(TABLES)) await connection.run(sql);
  await connection.run("INSERT INTO day VALUES (0, '2020-01-01'), (1, '2020-01-02'), (2, '2020-01-03')");
  await connection.run("INSERT INTO artist VALUES (0, 'Rare', 3, 0), (1, 'Often, Too', 100, 1)");
  for (const key of CHART_KEYS) await connection.run(`INSERT INTO chart VALUES (${key}, ''::BLOB)`);
  connection.closeSync();
  instance.closeSync();
}

describe('what a dataset can be asked', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'questions-'));
    await makeDataset(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is each chart day that it holds, but for the latest day', async () => {
    const { charts, vocabulary } = await readQuestions(folder);
    expect([...charts].sort()).toEqual([
      '/rankings?region=A%20%26%20B&date=2020-01-01&limit=50',
      '/rankings?region=C&date=2020-01-01&limit=50&chart=viral50',
      '/rankings?region=C&date=2020-01-02&limit=50',
    ]);
    expect(vocabulary.dates).toEqual(['2020-01-03', '2020-01-02', '2020-01-01']);
    expect(vocabulary.artists).toEqual(['Often, Too', 'Rare']);
  });

  it('is a page of an artist at any offset at which there are entries, each once', async () => {
    const pages = (await readQuestions(folder)).artistPages(1000);
    expect(new Set(pages).size).toBe(pages.length);
    const offsets = (artist: string) =>
      pages.flatMap((url) => {
        const query = new URL(url, 'http://x').searchParams;
        return query.get('artist') === artist ? [Number(query.get('offset'))] : [];
      });
    expect(new Set(offsets('Rare'))).toEqual(new Set([0, 1, 2]));
    expect(Math.max(...offsets('Often, Too'))).toBeLessThan(100);
    expect(offsets('Often, Too').length).toBeGreaterThan(90);
  });

  it('is the lists of /tracks by every combination of filters', async () => {
    const { vocabulary } = await readQuestions(folder);
    const asked = TRACK_FILTERS.map((filters) => trackLists(vocabulary, filters, 100, seededRandom(1)));
    expect(asked.map((urls) => urls.length)).toEqual([1, 3, 2, 2, 6, 6, 4, 12]);
    expect(asked[0]).toEqual(['/tracks']);
    expect(asked[7]?.every((url) => /^\/tracks\?date=[\d-]+&region=[^&]+&artist=[^&]+$/.test(url))).toBe(true);
  });

  it('is refused of a folder without a dataset', async () => {
    await expect(readQuestions(join(folder, 'v1'))).rejects.toThrow('current');
  });
});
