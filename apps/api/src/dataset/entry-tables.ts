import { ByteColumn, numbers, type QueryPool } from '#libs/duckdb';
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
      await this.append(table, keys.slice(at, at + MOST_KEYS), entries, found, firstOfEach);
    }
    return entries;
  }

  private append(
    table: EntryTable,
    keys: readonly number[],
    entries: EntryColumns,
    found: RowFound | undefined,
    firstOfEach: number,
  ): Promise<void> {
    const size = SIZES.find((candidate) => candidate >= keys.length)!;
    const bind = (statement: { bindUInteger(index: number, value: number): void }) => {
      for (let i = 0; i < size; i++) statement.bindUInteger(i + 1, keys[Math.min(i, keys.length - 1)]!);
    };
    return this.pool.read({ question: table, sql: this.sql(table, size), bind }, (chunks) => {
      const rows = chunks.flatMap((chunk) => {
        const packed = new ByteColumn(chunk, 1);
        return Array.from(numbers(chunk, 0, Uint32Array), (key, row) => ({ key, row, packed }));
      });
      // DuckDB answers IN in any order.
      for (const { key, row, packed } of rows.sort((a, b) => a.key - b.key)) {
        const start = entries.length;
        decodeEntries(packed.get(row), entries, 0, firstOfEach);
        found?.(key, start, entries.length, entries);
      }
    });
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
