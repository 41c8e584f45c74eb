import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';

/** How a database is opened; sizes as DuckDB writes them (`128MB`). */
export const databaseOptionsSchema = z.strictObject({
  /** File, or `:memory:`. */
  path: z.string().min(1),
  readOnly: z.boolean(),
  /** Threads that run queries, beside those that call. */
  threads: z.int().positive(),
  memoryLimit: z.string().regex(/^\d+(\.\d+)?\s?([KMGT]i?B|B)$/),
  /** Folder for what does not fit in memory. */
  tempDir: z.string().min(1),
});
/** See {@link databaseOptionsSchema}. */
export type DatabaseOptions = z.infer<typeof databaseOptionsSchema>;

/**
 * Opens a database without extension installing or loading. Call {@link lockDatabase} when no further file has to be reached.
 * Throws what DuckDB says when the file is missing, no database or of a newer storage version.
 */
export async function openDatabase(options: DatabaseOptions): Promise<DuckDBInstance> {
  const { path, readOnly, threads, memoryLimit, tempDir } = databaseOptionsSchema.parse(options);
  return DuckDBInstance.create(path, {
    access_mode: readOnly ? 'READ_ONLY' : 'READ_WRITE',
    threads: String(threads),
    memory_limit: memoryLimit,
    temp_directory: tempDir,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
}

/**
 * Denies the database every file and network access beyond what is open, these files by the very names they are asked for
 * with, and the folder for what does not fit in memory, which has to be one of its own; and any further change of its settings.
 */
export async function lockDatabase(instance: DuckDBInstance, files: readonly string[] = []): Promise<void> {
  await denyAccess(instance, files);
  await lockSettings(instance);
}

/** The first half of {@link lockDatabase}: no access; settings that do not give it back may be changed still. */
export async function denyAccess(instance: DuckDBInstance, files: readonly string[] = []): Promise<void> {
  const names = files.map((file) => `'${file.replaceAll("'", "''")}'`);
  await onConnection(instance, async (connection) => {
    if (names.length > 0) await connection.run(`SET allowed_paths = [${names.join()}]`);
    await connection.run('SET enable_external_access = false');
  });
}

/** The second half of {@link lockDatabase}: settings stay as they are. */
export async function lockSettings(instance: DuckDBInstance): Promise<void> {
  await onConnection(instance, (connection) => connection.run('SET lock_configuration = true'));
}

/**
 * Leaves only these steps of DuckDB's optimizer at work, for queries that are planned from now on. Each execution of a
 * statement that looks up an index by parameters is planned anew, and most of that time goes into steps that find nothing
 * to do. Throws an error when DuckDB has no step of such a name.
 */
export async function keepOptimizers(instance: DuckDBInstance, kept: readonly string[]): Promise<void> {
  await onConnection(instance, async (connection) => {
    const names = (await connection.runAndReadAll('SELECT name FROM duckdb_optimizers()')).getColumns()[0] ?? [];
    const known = names.map(String);
    const missing = kept.filter((name) => !known.includes(name));
    if (missing.length > 0) throw new RangeError(`DuckDB has no optimizer ${missing.join()}; it has ${known.join()}`);
    await connection.run(`SET disabled_optimizers = '${known.filter((name) => !kept.includes(name)).join()}'`);
  });
}

async function onConnection(
  instance: DuckDBInstance,
  use: (connection: DuckDBConnection) => Promise<unknown>,
): Promise<void> {
  const connection = await instance.connect();
  try {
    await use(connection);
  } finally {
    connection.closeSync();
  }
}
