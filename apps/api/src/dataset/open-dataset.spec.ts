import { copyFileSync, cpSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHARTS, DatasetError, SERVING_FILE, type DatasetVersion } from '#libs/catalog';
import { QueryQueueFullError, type QueryPool } from '#libs/duckdb';
import type { EntryColumns } from '#libs/serving';
import type { WantedRows } from './entry-tables.js';
import { leastMemory } from './index-memory.js';
import { OpenDataset, type OpenOptions } from './open-dataset.js';
import { BuiltDataset } from './testing/built-dataset.js';
import { chartHistory, REGIONS } from './testing/chart-history.js';

const ROWS = chartHistory();
let built: BuiltDataset;
beforeAll(async () => {
  built = await BuiltDataset.of(ROWS);
});
afterAll(() => built.remove());

let copies = 0;
function copied(): DatasetVersion {
  const folder = join(built.path, `copy-${++copies}`);
  cpSync(built.version.folder, folder, { recursive: true });
  return { ...built.version, folder, servingFile: join(folder, SERVING_FILE) };
}

async function faultOf(
  version: DatasetVersion,
  verify: OpenOptions['verify'],
  memoryLimit = '128MB',
): Promise<DatasetError> {
  const options = { memoryLimit, threads: 1, connections: 1, maxQueued: 1, queryTimeoutMs: 1000, rowBytes: 0, verify };
  const tempDir = join(built.path, 'fault-temp');
  const error = await OpenDataset.open(version, { ...options, tempDir, observe: () => undefined }).then(
    () => new Error('no fault was found'),
    (cause: unknown) => cause,
  );
  if (!(error instanceof DatasetError)) throw error;
  return error;
}

describe('a dataset that is opened', () => {
  it('knows which charts there are', async () => {
    const dataset = await built.open();
    const { regions, days } = dataset.dictionaries;
    const there = new Set(ROWS.map(({ date, region, chart }) => `${date} ${region} ${chart}`));
    let charts = 0;
    for (const [dayId, date] of days.entries()) {
      for (const region of REGIONS) {
        for (const [chartId, chart] of CHARTS.entries()) {
          const key = dataset.chart(dayId, regions.find(region)!, chartId);
          expect(key !== undefined).toBe(there.has(`${date} ${region} ${chart}`));
          if (key !== undefined) charts++;
        }
      }
    }
    expect(charts).toBe(there.size);
    expect(dataset.manifest.rows.charts).toBe(charts);
  });

  it('knows names that begin with a mark of the byte order from those without', async () => {
    const [row] = ROWS;
    const marked = await BuiltDataset.of(['Global', '\ufeffGlobal'].map((region) => ({ ...row!, region })));
    const { regions, regionJson } = (await marked.open()).dictionaries;
    expect([regions.find('Global'), regions.find('\ufeffGlobal'), regionJson.length]).toEqual([0, 1, 2]);
    await marked.remove();
  });

  it('knows the last day of each region, of one chart and of any', async () => {
    const dataset = await built.open();
    const { regions, days } = dataset.dictionaries;
    for (const region of REGIONS) {
      const of = (charts: readonly string[]) =>
        ROWS.filter((row) => row.region === region && charts.includes(row.chart))
          .map(({ date }) => date)
          .sort()
          .at(-1)!;
      const found = (chartIds: readonly number[]) => days[dataset.lastDay(regions.find(region)!, chartIds)!];
      expect(found([0, 1])).toBe(of(CHARTS));
      CHARTS.forEach((chart, chartId) => expect(found([chartId])).toBe(of([chart])));
    }
    expect(dataset.lastDay(regions.find('Global')!, [])).toBeUndefined();
  });

  it('finds days of the data and no others', async () => {
    const { days, dictionaries } = await built.open();
    dictionaries.days.forEach((date, id) => expect(days.find(date)).toBe(id));
    for (const date of ['2021-03-11', '2020-03-01', '2021-02-29', '', 'latest'])
      expect(days.find(date)).toBeUndefined();
  });

  it('has no entries of lists that do not exist, and takes a chart or page that is not there for damage', async () => {
    const found: DatasetError[] = [];
    const dataset = await built.open({ damaged: (error) => void found.push(error) });
    const keys = [4_000_000_000, 4_294_967_295];
    const read = (table: 'chart' | 'artist_page' | 'top_list') =>
      dataset.tables.read({ table, keys }, ({ length }) => length);
    expect([await read('top_list'), found, await dataset.isIntact()]).toEqual([0, [], true]);
    for (const table of ['chart', 'artist_page'] as const) {
      await expect(read(table)).rejects.toThrow(`${table} has 0 of 2 rows that it is known to have`);
    }
    // Told once.
    expect(found.map(({ fault }) => fault)).toEqual(['corrupt']);
    expect(await dataset.isIntact()).toBe(false);
  });

  it('makes what it has the rows of in memory at once, as it makes it when they are read', async () => {
    const rowCounts = { memory: 0, file: 0 };
    const { tables } = await built.open({ rowBytes: 1_000_000, rowCounts });
    const wanted = (firstOfEach: number): WantedRows => ({ table: 'artist_page', keys: [2, 0, 1], firstOfEach });
    const tracks = ({ trackIds, length }: EntryColumns) => [...trackIds.subarray(0, length)];
    expect(tables.atHand(wanted(5), tracks)).toBeUndefined();
    const first = await tables.read(wanted(5), tracks);
    expect(first).toHaveLength(15);
    expect(rowCounts).toEqual({ memory: 0, file: 3 });
    expect(tables.atHand(wanted(5), tracks)).toEqual(first);
    expect(tables.atHand(wanted(4), tracks)).toEqual([0, 5, 10].flatMap((at) => first.slice(at, at + 4)));
    expect(rowCounts).toEqual({ memory: 6, file: 3 });
    // More than is in memory, and a row that was not asked for.
    expect(tables.atHand(wanted(6), tracks)).toBeUndefined();
    expect(tables.atHand({ ...wanted(5), keys: [0, 3] }, tracks)).toBeUndefined();
    const all = await tables.read(wanted(Infinity), tracks);
    expect(all.slice(0, 5)).toEqual(first.slice(0, 5));
    expect(tables.atHand(wanted(Infinity), tracks)).toEqual(all);
    expect(await tables.read(wanted(Infinity), tracks)).toEqual(all);
    expect(rowCounts).toEqual({ memory: 12, file: 6 });
  });

  it('makes no more of rows in memory in one turn than keeps others waiting for a moment', async () => {
    const rowCounts = { memory: 0, file: 0 };
    const { tables } = await built.open({ rowBytes: 1_000_000, rowCounts });
    const wanted: WantedRows = { table: 'artist_page', keys: Array.from({ length: 50 }, () => 0) };
    const count = ({ length }: EntryColumns) => length;
    const each = await tables.read(wanted, count);
    const made: number[] = [];
    for (let one = tables.atHand(wanted, count); one !== undefined; one = tables.atHand(wanted, count)) made.push(one);
    expect(made).toEqual(Array.from({ length: Math.ceil(2000 / each) }, () => each));
    // In the same turn what is in memory is asked of the file, and in the next one not.
    expect(await tables.read(wanted, count)).toBe(each);
    expect(rowCounts).toEqual({ memory: 50 * made.length, file: 100 });
    expect(tables.atHand(wanted, count)).toBe(each);
  });

  it('refuses questions when too many wait', async () => {
    const found: unknown[] = [];
    const { tables } = await built.open({ maxQueued: 2, damaged: (error) => void found.push(error) });
    const asked = await Promise.allSettled(
      [0, 1, 2, 3].map((key) => tables.read({ table: 'artist_page', keys: [key] }, ({ length }) => length)),
    );
    const refused = asked.filter(({ status }) => status === 'rejected');
    expect(refused.map((one) => (one as PromiseRejectedResult).reason as unknown)).toEqual([
      expect.any(QueryQueueFullError),
      expect.any(QueryQueueFullError),
    ]);
    expect(found).toEqual([]);
  });

  it('removes its temporary folder when it is closed', async () => {
    const tempDir = join(built.path, 'own-temp');
    const dataset = await built.open({ tempDir });
    await dataset.tables.read({ table: 'top_list', keys: [0] }, ({ length }) => length);
    await dataset.close();
    expect(existsSync(tempDir)).toBe(false);
  });
});

describe('a dataset that is damaged is refused', () => {
  it('by its digest', async () => {
    const version = copied();
    const bytes = readFileSync(version.servingFile);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(version.servingFile, bytes);
    const error = await faultOf(version, 'digest');
    expect(error.fault).toBe('corrupt');
    expect(error.message).toContain(`${version.servingFile} is damaged: its sha256 is `);
    expect(error.message).toContain('npm run dataset -- build');
  });

  it.each<[string, (path: string) => void]>([
    ['its file is cut short', (path) => truncateSync(path, 20_000)],
    ['its file is empty', (path) => truncateSync(path, 0)],
    ['its file is no database', (path) => writeFileSync(path, 'x'.repeat(100_000))],
    ['its file is another', (path) => copyFileSync(join(path, '../manifest.json'), path)],
    [
      'its first block is zeroes',
      (path) => {
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.fill(0, 0, 12_288));
      },
    ],
  ])('when %s and only sizes are compared', async (_, damage) => {
    const version = copied();
    damage(version.servingFile);
    const error = await faultOf(version, 'size');
    expect(error.fault).toBe('corrupt');
    expect(error.message).toContain(`${version.servingFile} cannot be opened: `);
    expect(error.message).toContain('Run "npm run dataset -- verify" on its directory, or build it again.');
  });
});

describe('a dataset that needs more memory than DuckDB has', () => {
  it('is refused with how much that is', async () => {
    const error = await faultOf(copied(), 'size', '8MB');
    expect(error.fault).toBe('too-large');
    expect(error.message).toMatch(
      / take 9 MiB of DuckDB's memory, and it has 7\.6 MiB: set DUCKDB_MEMORY_LIMIT to 9MB or more\.$/,
    );
  });

  it('is one of a hundred million entries with 32 MB, not with the default', () => {
    const least = leastMemory({ charts: 934_594, artistPages: 2_448_597, topLists: 861_909 });
    expect(least).toBeGreaterThan(32e6);
    expect(least).toBeLessThanOrEqual(64e6);
  });
});

describe('what is served', () => {
  it.each([
    `SET memory_limit = '1GB'`,
    `SET enable_external_access = true`,
    `SELECT * FROM read_csv('/etc/passwd')`,
    `SELECT * FROM '${join(tmpdir(), 'any.csv')}'`,
    `ATTACH '${join(tmpdir(), 'other.duckdb')}' AS other`,
    `COPY chart TO '${join(tmpdir(), 'chart.csv')}'`,
    'INSTALL httpfs',
    'LOAD httpfs',
    'CREATE TABLE mine (id INTEGER)',
    'DELETE FROM chart',
  ])('lets no query do more than read it: %s', async (sql) => {
    const { pool } = Reflect.get(await built.open(), 'parts') as { readonly pool: QueryPool };
    await expect(pool.read({ question: 'chart', sql }, () => undefined)).rejects.toThrow(
      /disabled|locked|read-only|not.*allowed|Permission/i,
    );
  });
});
