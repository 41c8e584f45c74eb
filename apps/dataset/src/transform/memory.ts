/** What the process needs beside what is shared out here, in bytes: dictionaries, chunks on their way, Node itself. */
const OWN_BYTES = 960 * 2 ** 20;
const LEAST_BYTES = 256 * 2 ** 20;

/** DuckDB's share of a process's memory limit in bytes where nothing else is held, as DuckDB writes sizes. */
export function duckdbMemory(memoryLimitBytes: number): string {
  return megabytes(Math.max(memoryLimitBytes - OWN_BYTES, memoryLimitBytes / 3, LEAST_BYTES));
}

/** What a build may use: staged records up to `recordBytes`, and DuckDB, which only writes, up to `duckdb`. */
export function buildMemory(memoryLimitBytes: number): { readonly recordBytes: number; readonly duckdb: string } {
  const duckdbBytes = Math.max(memoryLimitBytes / 8, LEAST_BYTES / 2);
  const recordBytes = Math.max(memoryLimitBytes - OWN_BYTES - duckdbBytes, memoryLimitBytes / 8);
  return { recordBytes, duckdb: megabytes(duckdbBytes) };
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1e6)}MB`;
}
