import type { QueryPool } from '#libs/duckdb';
import { decodeEntries, EntryColumns } from '#libs/serving';
import { RowBatches, type BatchOptions } from './row-batches.js';

/** A table of the serving file whose rows hold entries, with its key. */
const KEYS = { chart: 'chart_key', artist_page: 'page_key', top_list: 'list_key' } as const;
/** See {@link KEYS}. */
export type EntryTable = keyof typeof KEYS;

/** Where the entries of a row that was read begin and end. */
export type RowFound = (key: number, start: number, end: number, entries: EntryColumns) => void;

/** Reads rows of entries by unique key. */
export class EntryTables {
  private readonly tables: Readonly<Record<EntryTable, RowBatches>>;

  constructor(pool: QueryPool, options: Pick<BatchOptions, 'maxQueued' | 'timeoutMs'>) {
    const batches = (table: EntryTable) => new RowBatches(pool, { ...options, table, key: KEYS[table] });
    this.tables = { chart: batches('chart'), artist_page: batches('artist_page'), top_list: batches('top_list') };
  }

  /** Questions that wait for a query. */
  get queued(): number {
    return Object.values(this.tables).reduce((sum, table) => sum + table.queued, 0);
  }

  /**
   * The entries of the rows with these keys, in the order of the keys, or only the first ones of each; rows that do not
   * exist have none. `found` is called for each row.
   */
  async read(
    table: EntryTable,
    keys: readonly number[],
    found?: RowFound,
    firstOfEach = Infinity,
  ): Promise<EntryColumns> {
    const entries = new EntryColumns();
    await this.tables[table].read(keys, (key, bytes) => {
      const start = entries.length;
      decodeEntries(bytes, entries, 0, firstOfEach);
      found?.(key, start, entries.length, entries);
    });
    return entries;
  }
}
