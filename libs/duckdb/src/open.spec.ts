import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { keepOptimizers, lockDatabase } from './open.js';
import { openMemory } from './testing/memory-database.js';

let folder: string;
const opened: DuckDBInstance[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
  await writeFile(join(folder, 'rows.csv'), 'a\n1\n');
});
afterEach(() => opened.splice(0).forEach((instance) => instance.closeSync()));
afterAll(() => rm(folder, { recursive: true }));

async function open(...options: Parameters<typeof openMemory>) {
  const instance = await openMemory(...options);
  opened.push(instance);
  return { instance, connection: await instance.connect() };
}

async function setting(connection: Awaited<ReturnType<typeof open>>['connection'], name: string) {
  return (await connection.runAndReadAll(`SELECT current_setting('${name}')`)).getRowsJS()[0]![0];
}

describe('opening a database', () => {
  it('sets threads, memory and the folder for what does not fit', async () => {
    const { connection } = await open({ threads: 3, memoryLimit: '300MB', tempDir: folder });
    expect(Number(await setting(connection, 'threads'))).toBe(3);
    expect(await setting(connection, 'memory_limit')).toMatch(/^286\.\d MiB$/);
    expect(await setting(connection, 'temp_directory')).toBe(folder);
  });

  it.each([
    ['threads', { threads: 0 }],
    ['threads', { threads: 1.5 }],
    ['memoryLimit', { memoryLimit: 'lots' }],
    ['memoryLimit', { memoryLimit: '80%' }],
    ['path', { path: '' }],
    ['tempDir', { tempDir: '' }],
  ])('refuses a wrong %s: %j', async (name, options) => {
    await expect(openMemory(options)).rejects.toThrow(name);
  });

  it('neither installs nor loads extensions by itself', async () => {
    const { connection } = await open();
    for (const name of ['autoinstall_known_extensions', 'autoload_known_extensions', 'allow_community_extensions']) {
      expect(await setting(connection, name)).toBe(false);
    }
  });

  it('for reading refuses writes', async () => {
    const path = join(folder, 'kept.duckdb');
    const { instance, connection } = await open({ path });
    await connection.run('CREATE TABLE kept (a INTEGER)');
    connection.closeSync();
    instance.closeSync();
    const reading = await open({ path, readOnly: true });
    for (const sql of ['INSERT INTO kept VALUES (1)', 'DROP TABLE kept', 'CREATE TABLE more (a INTEGER)']) {
      await expect(reading.connection.run(sql)).rejects.toThrow(/read-only/);
    }
  });

  it('for reading refuses what is missing or no database', async () => {
    const missing = join(folder, 'missing.duckdb');
    await expect(openMemory({ path: missing, readOnly: true })).rejects.toThrow('missing.duckdb');
    const text = join(folder, 'text.duckdb');
    await writeFile(text, 'x'.repeat(20_000));
    await expect(openMemory({ path: text, readOnly: true })).rejects.toThrow(/not a valid DuckDB/);
  });
});

describe('a locked database', () => {
  it.each([
    ['reads no file', (path: string) => `SELECT * FROM read_csv('${path}/rows.csv')`],
    ['reads no text', (path: string) => `SELECT content FROM read_text('${path}/rows.csv')`],
    ['writes no file', (path: string) => `COPY (SELECT 1) TO '${path}/out.csv'`],
    ['reads no bytes', (path: string) => `SELECT content FROM read_blob('${path}/rows.csv')`],
    ['reads no file by its name alone', (path: string) => `SELECT * FROM '${path}/rows.csv'`],
    ['lists no folder', (path: string) => `SELECT * FROM glob('${path}/*')`],
    ['reads no Parquet', (path: string) => `SELECT * FROM read_parquet('${path}/x.parquet')`],
    ['reads no JSON', (path: string) => `SELECT * FROM read_json('${path}/x.json')`],
    ['reads nothing of a network', () => `SELECT * FROM read_csv('https://charts.example/rows.csv')`],
    ['imports no folder', (path: string) => `IMPORT DATABASE '${path}'`],
    ['exports itself nowhere', (path: string) => `EXPORT DATABASE '${path}/exported'`],
    ['copies nothing in', (path: string) => `CREATE TABLE got (a INTEGER); COPY got FROM '${path}/rows.csv'`],
    ['attaches no other', (path: string) => `ATTACH '${path}/other.duckdb' AS other`],
    ['attaches no other of a network', () => `ATTACH 'https://charts.example/x.duckdb' AS other (READ_ONLY)`],
    ['loads no extension by its path', (path: string) => `LOAD '${path}/x.duckdb_extension'`],
    ['forces no extension', () => 'FORCE INSTALL httpfs FROM community'],
    ['takes no pragma', () => 'PRAGMA threads = 64'],
    ['puts its temporary files nowhere else', (path: string) => `SET temp_directory = '${path}/other'`],
    ['trusts no unsigned extension', () => 'SET allow_unsigned_extensions = true'],
    ['keeps its secrets nowhere else', (path: string) => `SET secret_directory = '${path}'`],
    ['resets nothing', () => 'RESET enable_external_access'],
    ['loads no extension', () => 'LOAD httpfs'],
    ['installs no extension', () => 'INSTALL httpfs'],
    ['gives itself no more memory', () => "SET memory_limit = '8GB'"],
    ['gives itself no more threads', () => 'SET threads = 64'],
    ['does not unlock itself', () => 'SET lock_configuration = false'],
    ['opens no way out again', () => 'SET enable_external_access = true'],
  ])('%s', async (_, sql) => {
    const { instance, connection } = await open({ tempDir: join(folder, 'temp') });
    await lockDatabase(instance);
    await expect(connection.run(sql(folder))).rejects.toThrow(
      /are disabled by configuration|disabled through configuration|configuration has been locked|requires the extension httpfs/,
    );
  });

  it('reaches the files that it was given, by their names and no others', async () => {
    const { instance, connection } = await open({ tempDir: join(folder, 'temp') });
    await writeFile(join(folder, "it's.csv"), 'a\n7\n');
    const [given, out] = [join(folder, "it's.csv"), join(folder, 'out.csv')];
    await lockDatabase(instance, [given, out]);
    const read = async (path: string) =>
      (await connection.runAndReadAll('SELECT a::VARCHAR FROM read_csv(?)', [path])).getRowsJS();
    expect(await read(given)).toEqual([['7']]);
    await connection.run(`COPY (SELECT 8 AS a) TO '${out}'`);
    expect(await read(out)).toEqual([['8']]);
    for (const path of [join(folder, 'rows.csv'), join(folder, '*.csv'), join(folder, 'temp/../rows.csv'), folder]) {
      await expect(read(path)).rejects.toThrow(/disabled by configuration/);
    }
    await expect(connection.run(`SET allowed_paths = ['${folder}/rows.csv']`)).rejects.toThrow(/locked/);
    await rm(given);
    await rm(out);
  });

  it('still answers, on connections from before and after', async () => {
    const { instance, connection } = await open();
    await connection.run('CREATE TABLE kept AS SELECT 7 AS a');
    await lockDatabase(instance);
    for (const one of [connection, await instance.connect()]) {
      expect((await one.runAndReadAll('SELECT a FROM kept')).getRowsJS()).toEqual([[7]]);
    }
  });
});

describe('keepOptimizers', () => {
  const explain = async (connection: DuckDBConnection) => {
    const keys = Array.from({ length: 64 }, (_, i) => `${i * 31}::UINTEGER`).join();
    const rows = await connection.runAndReadAll(`EXPLAIN ANALYZE SELECT k, v FROM kept WHERE k IN (${keys})`);
    return JSON.stringify(rows.getRowsJS());
  };

  it('leaves those named, with which many keys are looked up by the index, at work, for connections from before and after', async () => {
    const { instance, connection } = await open();
    await connection.run('CREATE TABLE kept AS SELECT i::UINTEGER AS k, i AS v FROM range(100000) t(i)');
    await connection.run('CREATE UNIQUE INDEX by_k ON kept (k)');
    await keepOptimizers(instance, ['expression_rewriter', 'unused_columns']);
    expect(await explain(connection)).not.toContain('Index Scan');
    await keepOptimizers(instance, ['expression_rewriter', 'filter_pushdown', 'unused_columns']);
    await lockDatabase(instance);
    for (const one of [connection, await instance.connect()]) expect(await explain(one)).toContain('Index Scan');
  });

  it('names what DuckDB does not know', async () => {
    const { instance } = await open();
    await expect(keepOptimizers(instance, ['filter_pushdown', 'filter_pullover'])).rejects.toThrow(
      /no optimizer filter_pullover; it has .*filter_pushdown/,
    );
  });
});
