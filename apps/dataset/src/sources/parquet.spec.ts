import { readFile } from 'node:fs/promises';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { silent } from '../reporting.js';
import { COLUMNS, type RejectReason } from '../rows.js';
import { csvField } from './csv-field.js';
import { DEFAULT_LIMITS, ParquetReader } from './parquet.js';
import { findSourceFiles } from './source-files.js';
import { exportCsv, ROWS } from './testing/chart-files.js';
import { CollectingSink } from './testing/collecting-sink.js';
import { TestFolder } from './testing/folder.js';

describe('Parquet files', () => {
  let folder: TestFolder;
  let instance: DuckDBInstance;
  let duckdb: DuckDBConnection;
  const reader = new ParquetReader(DEFAULT_LIMITS);
  beforeAll(async () => {
    folder = await TestFolder.create();
    instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    duckdb = await instance.connect();
  });
  afterAll(async () => {
    await reader.close();
    duckdb.closeSync();
    instance.closeSync();
    await folder.remove();
  });

  /** Writes what a query gives and returns the file's path. */
  async function write(name: string, query: string): Promise<string> {
    const path = folder.at(name);
    await duckdb.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
    return path;
  }
  /** A query of one row in which columns have other values than these. */
  function row(values: Record<string, string> = {}): string {
    const all: Record<string, string> = { title: "'Sea'", rank: '1', date: "DATE '2021-03-01'", artist: "'Ona'", url: "'u'", region: "'Global'", chart: "'top200'", trend: "'SAME_POSITION'", streams: '5', ...values }; // prettier-ignore
    return `SELECT ${Object.entries(all).map(([name, value]) => `${value} AS "${name}"`).join(', ')}`; // prettier-ignore
  }
  async function read(path: string, sink = new CollectingSink()) {
    const rejects: [number, RejectReason, string][] = [];
    const shares: number[] = [];
    const counted = await reader.read(
      path,
      sink,
      (line, reason, bytes, start, end) =>
        rejects.push([line, reason, Buffer.from(bytes.slice(start, end)).toString()]),
      async (share) => void shares.push(share),
    );
    return { ...counted, rows: counted.rows, taken: sink.rows, rejects, shares };
  }

  it('give the rows of the CSV they were made from', async () => {
    const csv = await folder.write('charts.csv', exportCsv(ROWS));
    const path = await write(
      'charts.parquet',
      `SELECT * FROM read_csv('${csv}', header = true, quote = '"', escape = '"')`,
    );
    const { taken, rows, rejected } = await read(path);
    expect(taken).toEqual(ROWS);
    expect([rows, rejected]).toEqual([4, 0]);
    const found = await findSourceFiles({ files: [path], period: 'daily', reporter: silent });
    expect(found).toMatchObject([
      { kind: 'parquet', name: 'charts.parquet', bytes: (await readFile(path)).length, defaults: {} },
    ]);
  });

  it.each<[type: string, column: string, value: string, text: string]>([
    ['a timestamp at midnight', 'date', "TIMESTAMP '2021-03-01 00:00:00'", '2021-03-01'],
    ['a timestamp within the day', 'date', "TIMESTAMP '2021-03-01 10:00:00'", '2021-03-01 10:00:00'],
    ['a timestamp of nanoseconds', 'date', "'2021-03-01 00:00:00'::TIMESTAMP_NS", '2021-03-01'],
    ['a timestamp with a zone', 'date', "TIMESTAMPTZ '2021-03-01 02:00:00+02'", '2021-03-01'],
    ['text', 'date', "'2021-03-01'", '2021-03-01'],
    ['a null date', 'date', 'NULL::DATE', ''],
    ['a whole double', 'streams', '6784.0::DOUBLE', '6784'],
    ['a large whole double', 'streams', '4294967294.0::DOUBLE', '4294967294'],
    ['a fractional double', 'streams', '6784.5::DOUBLE', '6784.5'],
    ['a double that is no number', 'streams', "'nan'::DOUBLE", ''],
    ['an infinite double', 'streams', "'inf'::DOUBLE", 'inf'],
    ['a whole float', 'streams', '12.0::FLOAT', '12'],
    ['a whole decimal', 'streams', '12.00::DECIMAL(9, 2)', '12'],
    ['a fractional decimal', 'streams', '12.50::DECIMAL(9, 2)', '12.50'],
    ['a null number', 'streams', 'NULL::BIGINT', ''],
    ['a huge integer', 'streams', '18446744073709551615::UBIGINT', '18446744073709551615'],
    ['an enumeration', 'trend', "'MOVE_UP'::ENUM('MOVE_UP', 'MOVE_DOWN')", 'MOVE_UP'],
    ['bytes of UTF-8', 'title', "encode('Für 바다')", 'Für 바다'],
    ['text of 12 bytes', 'artist', "'twelve bytes'", 'twelve bytes'],
    ['text of 13 bytes', 'artist', "'thirteen byte'", 'thirteen byte'],
    ['long text', 'artist', "repeat('바', 9000)", '바'.repeat(9000)],
  ])('hold %s as text', async (_, column, value, text) => {
    const path = await write('typed.parquet', row({ [column]: value }));
    const { taken } = await read(path);
    expect(taken.map((fields) => fields[COLUMNS.indexOf(column as 'date')])).toEqual([text]);
  });

  it('may have columns in any order and case, and more of them', async () => {
    const path = await write('wide.parquet', `SELECT 9 AS "more", *, 8 AS "b""c" FROM (${row()}) AS t(${COLUMNS.map((name) => ` "${name.toUpperCase()}"`).join(',')})`); // prettier-ignore
    expect(await reader.check(path)).toEqual(['more', 'b"c']);
    expect((await read(path)).taken).toEqual([
      ['Sea', '1', '2021-03-01', 'Ona', 'u', 'Global', 'top200', 'SAME_POSITION', '5'],
    ]);
  });

  it('keep the order of their rows over many row groups, and number them', async () => {
    const path = await write(
      'many.parquet',
      `SELECT r.* REPLACE (i AS streams) FROM range(300000) t(i), (${row()}) r ORDER BY i`,
    );
    const sink = new CollectingSink((fields) => (Number(fields[8]) % 50_000 === 7 ? 'streams' : undefined));
    const { rows, rejected, taken, rejects, shares } = await read(path, sink);
    expect([rows, rejected, taken.length, shares.at(-1)]).toEqual([300_000, 6, 299_994, 1]);
    expect(taken.every((fields, index) => index === 0 || Number(fields[8]) > Number(taken[index - 1]?.[8]))).toBe(true);
    const shown = ['Sea', '1', '2021-03-01', 'Ona', 'u', 'Global', 'top200', 'SAME_POSITION', '50007']
      .map(csvField)
      .join(',');
    expect(rejects[1]).toEqual([50_008, 'streams', shown]);
  });

  it('have rows of at most 65,536 bytes', async () => {
    const { taken, rejects } = await read(await write('long.parquet', row({ title: "repeat('x', 70000)" })));
    expect(taken).toEqual([]);
    expect(rejects).toEqual([[1, 'too-long', 'x'.repeat(65_536)]]);
  });

  it('may have names that look like patterns, and folders that look like columns', async () => {
    await folder.write('region=Mars/x', '');
    const path = await write('region=Mars/q[1]*?.parquet', row());
    expect(await reader.check(path)).toEqual([]);
    expect((await read(path)).taken).toHaveLength(1);
  });

  it.each<[what: string, query: string, message: RegExp]>([
    [
      'without a column',
      `SELECT * EXCLUDE (streams, trend) FROM (${row()})`,
      /f\.parquet has no column "trend", "streams"/,
    ],
    [
      'with a column of lists',
      row({ artist: "['a', 'b']" }),
      /f\.parquet: the column "artist" is of the type VARCHAR\[\]/,
    ],
    ['with a column of structures', row({ artist: "{'a': 1}" }), /the column "artist" is of the type STRUCT/],
  ])('%s are refused', async (_, query, message) => {
    const path = await write('f.parquet', query);
    await expect(reader.check(path)).rejects.toThrow(expect.objectContaining({ name: 'UsageError' }));
    await expect(reader.check(path)).rejects.toThrow(message);
  });

  it('are refused when they are truncated or damaged, before or in the middle of reading', async () => {
    const whole = await readFile(
      await write(
        'whole.parquet',
        `SELECT r.* REPLACE (md5(i::VARCHAR) AS title) FROM range(200000) t(i), (${row()}) r`,
      ),
    );
    const truncated = await folder.write('cut.parquet', whole.subarray(0, whole.length >> 1));
    await expect(reader.check(truncated)).rejects.toThrow(/cut\.parquet cannot be read as Parquet/);
    const damaged = await folder.write(
      'bad.parquet',
      Buffer.from(whole).fill(0x77, whole.length >> 1, (whole.length >> 1) + 5000),
    );
    await expect(read(damaged)).rejects.toThrow(expect.objectContaining({ name: 'UsageError' }));
    await expect(read(damaged)).rejects.toThrow(/bad\.parquet cannot be read as Parquet/);
  });
});
