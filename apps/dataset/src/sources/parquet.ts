import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import { lockDatabase, openDatabase } from '#libs/duckdb';
import { UsageError } from '../reporting.js';
import { COLUMNS, type Column, type RowSink } from '../rows.js';
import { MAX_RECORD_BYTES, type RejectedRow } from './csv-scanner.js';
import { slotsOf } from './csv-layout.js';
import { ParquetRow } from './parquet-row.js';

/** Bounds of a DuckDB; the memory limit as DuckDB writes it (`512MB`). */
export interface DuckDbLimits {
  readonly memoryLimit: string;
  readonly threads: number;
  /** A folder of its own for what does not fit in memory: the database can reach all of it. */
  readonly tempDir: string;
}

/** Enough to read Parquet in passing. */
export const DEFAULT_LIMITS: DuckDbLimits = {
  memoryLimit: '512MB',
  threads: 1,
  tempDir: join(tmpdir(), `spotify-charts-parquet-${process.pid}`),
};

/** Rows of a Parquet file, see {@link ParquetReader.read}. */
export interface ParquetRows {
  readonly rows: number;
  readonly rejected: number;
}

const SOURCE = 'read_parquet(?, hive_partitioning = false, binary_as_string = true)';

/** A DuckDB that can reach one file. */
interface Opened {
  readonly path: string;
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
}

/** Reads Parquet files in the export's schema, one after the other, each through a DuckDB that can reach nothing else. */
export class ParquetReader {
  private opened: Promise<Opened> | undefined;

  constructor(private readonly limits: DuckDbLimits) {}

  /**
   * Checks the columns by name and type; returns the names of those that are ignored. Throws {@link UsageError} that names
   * the file: damaged, a column missing, doubled or nested.
   */
  async check(path: string): Promise<string[]> {
    const { names, slots } = await this.columns(path);
    return names.filter((_, index) => slots[index] === -1);
  }

  /**
   * Hands all rows to the sink as text, in the file's order: dates as YYYY-MM-DD, whole floating-point numbers without
   * a fraction, NaN as empty. Rows count from 1 as lines do. `onPiece` is awaited after each piece with the share read.
   * Throws {@link UsageError} that names the file when it is damaged.
   */
  async read(
    path: string,
    sink: RowSink,
    onReject: RejectedRow,
    onPiece: (share: number) => Promise<void>,
  ): Promise<ParquetRows> {
    const { expressions } = await this.columns(path);
    const total = await this.count(path);
    const result = await this.attempt(path, async (connection) =>
      connection.stream(`SELECT ${expressions.join(', ')} FROM ${SOURCE}`, [literalPath(path)]),
    );
    const row = new ParquetRow();
    let rows = 0;
    let rejected = 0;
    for (;;) {
      const chunk = await this.attempt(path, () => result.fetchChunk());
      const count = chunk?.rowCount ?? 0;
      if (!chunk || count === 0) return { rows, rejected };
      row.use(chunk);
      for (let index = 0; index < count; index++) {
        const length = row.take(index);
        rows++;
        const reason = length > MAX_RECORD_BYTES ? 'too-long' : sink.accept(row.bytes, row.starts, row.ends);
        if (reason === undefined) continue;
        rejected++;
        const shown = row.asCsv();
        onReject(rows, reason, shown, 0, Math.min(shown.length, MAX_RECORD_BYTES));
      }
      await onPiece(Math.min(1, rows / total));
    }
  }

  /** Ends the DuckDB, if one was opened. */
  async close(): Promise<void> {
    // Whoever asked first was told if it could not be opened.
    const opened = await this.opened?.catch(() => undefined);
    this.opened = undefined;
    opened?.connection.closeSync();
    opened?.instance.closeSync();
  }

  private async columns(path: string) {
    const result = await this.attempt(path, (connection) =>
      connection.run(`SELECT * FROM ${SOURCE} LIMIT 0`, [literalPath(path)]),
    );
    const names = result.columnNames();
    const slots = slotsOf(path, 'export', names, false);
    const expressions = COLUMNS.map((column, slot) => expression(path, result, slots.indexOf(slot), column));
    return { names, slots, expressions };
  }

  private async count(path: string): Promise<number> {
    const result = await this.attempt(path, (connection) =>
      connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${SOURCE}`, [literalPath(path)]),
    );
    return Number(result.getRows()[0]?.[0]);
  }

  private async attempt<T>(path: string, question: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const { connection } = await this.database(path);
    try {
      return await question(connection);
    } catch (cause) {
      const [what] = (cause as Error).message.split('\n');
      throw new UsageError(`${path} cannot be read as Parquet: ${what}`, { cause });
    }
  }

  private async database(path: string): Promise<Opened> {
    if ((await this.opened)?.path !== path) {
      await this.close();
      this.opened = openFor(path, this.limits);
    }
    return this.opened!;
  }
}

async function openFor(path: string, limits: DuckDbLimits): Promise<Opened> {
  const instance = await openDatabase({ path: ':memory:', readOnly: false, ...limits });
  const connection = await instance.connect();
  // Timestamps with a zone are days of UTC, as chart days are.
  await connection.run("SET TimeZone = 'UTC'");
  await lockDatabase(instance, [path, literalPath(path)]);
  return { path, instance, connection };
}

/** SQL of a column as text. */
function expression(path: string, result: DuckDBResult, index: number, column: Column): string {
  const name = `"${result.columnName(index).replaceAll('"', '""')}"`;
  const type = result.columnType(index).toString();
  if (/^(STRUCT|MAP|UNION)\b|\]$/.test(type)) {
    throw new UsageError(
      `${path}: the column "${column}" is of the type ${type}; it must hold text, numbers or dates.`,
    );
  }
  if (type.startsWith('TIMESTAMP')) {
    const day = `date_trunc('day', ${name})`;
    return `CASE WHEN ${name} = ${day} THEN ${name}::DATE::VARCHAR ELSE ${name}::VARCHAR END`;
  }
  if (/^(FLOAT|DOUBLE)$/.test(type)) {
    return `CASE WHEN isnan(${name}) THEN NULL WHEN ${name} = trunc(${name}) THEN coalesce(TRY_CAST(${name} AS BIGINT)::VARCHAR, ${name}::VARCHAR) ELSE ${name}::VARCHAR END`;
  }
  if (type.startsWith('DECIMAL')) {
    return `CASE WHEN ${name} = trunc(${name}) THEN TRY_CAST(${name} AS HUGEINT)::VARCHAR ELSE ${name}::VARCHAR END`;
  }
  return `${name}::VARCHAR`;
}

/** The path with the characters of DuckDB's patterns made literal. */
function literalPath(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}
