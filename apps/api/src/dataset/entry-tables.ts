import type { DuckDBBlobValue } from '@duckdb/node-api';
import { numbers, type QueryPool } from '#libs/duckdb';
import { decodeEntries, EntryColumns } from '#libs/serving';

const KEYS = { chart: 'chart_key', artist_page: 'page_key', top_list: 'list_key' } as const;
/** Numbers of keys for which a statement is prepared: a query has the next larger one, its last key repeated. */
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 1024] as const;
const MOST_KEYS = 1024;

/** A table of the serving file whose rows hold entries. */
export type EntryTable = keyof typeof KEYS;

/** Where the entries of a row that was read begin and end. */
export type RowFound = (key: number, start: number, end: number, entries: EntryColumns) => void;

/** Reads rows of entries by unique key. */
export class EntryTables {
  private readonly statements = new Map<string, string>();

  constructor(private readonly pool: QueryPool) {}

  /**
   * The entries of the rows with these keys, in ascending order of the keys, or only the first ones of each; rows that
   * do not exist have none. `found` is called for each row.
   */
  async read(
    table: EntryTable,
    keys: readonly number[],
    found?: RowFound,
    firstOfEach = Infinity,
  ): Promise<EntryColumns> {
    const entries = new EntryColumns();
    for (let at = 0; at < keys.length; at += MOST_KEYS) {
      const rows = await this.rows(table, keys.slice(at, at + MOST_KEYS));
      for (const { key, bytes } of rows) {
        const start = entries.length;
        decodeEntries(bytes, entries, 0, firstOfEach);
        found?.(key, start, entries.length, entries);
      }
    }
    return entries;
  }

  private async rows(table: EntryTable, keys: readonly number[]): Promise<{ key: number; bytes: Uint8Array }[]> {
    const size = SIZES.find((candidate) => candidate >= keys.length)!;
    const bind = (statement: { bindUInteger(index: number, value: number): void }) => {
      for (let i = 0; i < size; i++) statement.bindUInteger(i + 1, keys[Math.min(i, keys.length - 1)]!);
    };
    const query = { question: table, sql: this.sql(table, size), bind };
    const rows = await this.pool.read(query, (chunks) =>
      chunks.flatMap((chunk) => {
        const blobs = chunk.getColumnVector(1);
        return Array.from(numbers(chunk, 0, Uint32Array), (key, row) => ({
          key,
          bytes: (blobs.getItem(row) as DuckDBBlobValue).bytes,
        }));
      }),
    );
    // DuckDB answers IN in any order.
    return rows.sort((a, b) => a.key - b.key);
  }

  private sql(table: EntryTable, size: number): string {
    const id = `${table} ${size}`;
    let sql = this.statements.get(id);
    if (!sql) {
      const places = Array.from({ length: size }, () => '?').join();
      sql = `SELECT ${KEYS[table]}, entries FROM ${table} WHERE ${KEYS[table]} IN (${places})`;
      this.statements.set(id, sql);
    }
    return sql;
  }
}
