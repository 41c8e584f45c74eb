import type { QueryPool } from '#libs/duckdb';
import { decodeEntries, EntryColumns } from '#libs/serving';
import { GatherTime } from './gather-time.js';
import { RowBatches, type BatchOptions } from './row-batches.js';

/** A table of the serving file whose rows hold entries, with its key. */
const KEYS = { chart: 'chart_key', artist_page: 'page_key', top_list: 'list_key' } as const;
/** See {@link KEYS}. */
export type EntryTable = keyof typeof KEYS;

const MOST_SPARE = 64;
/** Columns that have grown beyond this are let go. */
const MOST_SPARE_ENTRIES = 2048;

/** Reads rows of entries by unique key. */
export class EntryTables {
  private readonly tables: Readonly<Record<EntryTable, RowBatches>>;
  /** Columns that nobody uses: making them costs as much as filling them with a chart. */
  private readonly spare: EntryColumns[] = [];

  constructor(pool: QueryPool, options: Pick<BatchOptions, 'maxQueued' | 'timeoutMs'>) {
    const time = new GatherTime();
    const gatherMs = () => time.ms;
    const batches = (table: EntryTable) => new RowBatches(pool, { ...options, gatherMs, table, key: KEYS[table] });
    this.tables = { chart: batches('chart'), artist_page: batches('artist_page'), top_list: batches('top_list') };
  }

  /** Questions that wait for a query. */
  get queued(): number {
    return Object.values(this.tables).reduce((sum, table) => sum + table.queued, 0);
  }

  /**
   * What `use` makes of the entries of the rows with these keys, in the order of the keys, or of only the first ones of
   * each; rows that do not exist have none. The entries are valid during the call only.
   */
  async read<T>(
    table: EntryTable,
    keys: readonly number[],
    use: (entries: EntryColumns) => T,
    firstOfEach = Infinity,
  ): Promise<T> {
    const entries = this.spare.pop() ?? new EntryColumns();
    entries.length = 0;
    await this.tables[table].read(keys, (_key, bytes) => decodeEntries(bytes, entries, 0, firstOfEach));
    const made = use(entries);
    if (this.spare.length < MOST_SPARE && entries.days.length <= MOST_SPARE_ENTRIES) this.spare.push(entries);
    return made;
  }
}
