import type { DuckDBConnection } from '@duckdb/node-api';
import { DatasetError, type Manifest } from '#libs/catalog';

type Rows = Pick<Manifest['rows'], 'charts' | 'artistPages' | 'topLists'>;

/**
 * Bytes that DuckDB keeps in memory for each key of an index once it has been used, and never lets go, rounded up from
 * what `duckdb_memory()` says of 26 and of 100 million entries; keys that lie far apart take more.
 */
const BYTES_PER_KEY: Readonly<Record<keyof Rows, number>> = { charts: 10, artistPages: 9, topLists: 27 };
/** Room for the blocks that queries read: those that run at the same time hold theirs. */
const BLOCK_BYTES = 8 * 2 ** 20;
const UNITS: Readonly<Record<string, number>> = { bytes: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** Bytes of DuckDB's memory without which queries of a dataset with so many rows would fail, sooner or later. */
export function leastMemory(rows: Rows): number {
  const names = Object.keys(BYTES_PER_KEY) as (keyof Rows)[];
  return names.reduce((sum, name) => sum + rows[name] * BYTES_PER_KEY[name], BLOCK_BYTES);
}

/** Throws {@link DatasetError} when the memory that DuckDB was given does not do for a dataset. */
export async function checkMemory(connection: DuckDBConnection, rows: Rows): Promise<void> {
  const [[limit]] = (await connection.runAndReadAll("SELECT current_setting('memory_limit')")).getRows() as [[string]];
  const [value, unit] = limit.split(' ') as [string, string];
  const least = leastMemory(rows);
  if (Number(value) * UNITS[unit]! >= least) return;
  throw new DatasetError(
    'too-large',
    `The indexes of this dataset and a few blocks of it take ${Math.ceil(least / 2 ** 20)} MiB of DuckDB's memory, and it has ${limit}: set DUCKDB_MEMORY_LIMIT to ${Math.ceil(least / 1e6)}MB or more.`,
  );
}
