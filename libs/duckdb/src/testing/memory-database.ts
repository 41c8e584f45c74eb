import { tmpdir } from 'node:os';
import type { DuckDBInstance } from '@duckdb/node-api';
import { openDatabase, type DatabaseOptions } from '../open.js';

/** Opens an empty database in memory, with other options where given. */
export function openMemory(options: Partial<DatabaseOptions> = {}): Promise<DuckDBInstance> {
  const bounds = { threads: 1, memoryLimit: '256MB', tempDir: tmpdir() };
  return openDatabase({ path: ':memory:', readOnly: false, ...bounds, ...options });
}
