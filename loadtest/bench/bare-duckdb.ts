import { rm } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * The limit that building a dataset is measured against: bare DuckDB reads the same CSV with known types and writes it
 * sorted into a table. Arguments: CSV file, database file, temporary folder, memory limit, threads.
 */
const [csv, database, tempDir, memoryLimit, threads] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];

await rm(database, { force: true });
const instance = await DuckDBInstance.create(database, {
  memory_limit: memoryLimit,
  threads,
  temp_directory: tempDir,
});
const connection = await instance.connect();
await connection.run(`
  CREATE TABLE rows AS
  SELECT * FROM read_csv('${csv}', header = true, columns = {
    title: 'VARCHAR', rank: 'USMALLINT', date: 'DATE', artist: 'VARCHAR', url: 'VARCHAR', region: 'VARCHAR',
    chart: 'VARCHAR', trend: 'VARCHAR', streams: 'UINTEGER'})
  ORDER BY chart, region, date, rank`);
await connection.run('CHECKPOINT');
instance.closeSync();
await rm(database, { force: true });
