/** What the process needs beside DuckDB's buffers, in bytes: dictionaries, chunks on their way, Node itself. */
const OWN_BYTES = 960 * 2 ** 20;
const LEAST_BYTES = 256 * 2 ** 20;

/** DuckDB's share of a process's memory limit in bytes, as DuckDB writes sizes. */
export function duckdbMemory(memoryLimitBytes: number): string {
  const bytes = Math.max(memoryLimitBytes - OWN_BYTES, memoryLimitBytes / 3, LEAST_BYTES);
  return `${Math.floor(bytes / 1e6)}MB`;
}
