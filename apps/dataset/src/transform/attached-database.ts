import type { DuckDBInstance } from '@duckdb/node-api';
import { lockDatabase, openDatabase, type DatabaseOptions } from '#libs/duckdb';

/** Bounds of a database in memory. */
export type DatabaseBounds = Pick<DatabaseOptions, 'threads' | 'memoryLimit' | 'tempDir'>;

/**
 * A database in memory with a file attached: `attached` is the rest of the statement after the path. It can reach that file
 * and those named besides; nothing else. Rejects with what DuckDB reports, and leaves nothing open then.
 */
export async function openAttached(
  path: string,
  attached: string,
  bounds: DatabaseBounds,
  besides: readonly string[] = [],
): Promise<DuckDBInstance> {
  const instance = await openDatabase({ path: ':memory:', readOnly: false, ...bounds });
  try {
    const connection = await instance.connect();
    await connection.run(`ATTACH '${path.replaceAll("'", "''")}' ${attached}`);
    connection.closeSync();
    await lockDatabase(instance, besides);
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}
