import type { QueryPool } from '#libs/duckdb';
import { decodeEntries, EntryColumns } from '#libs/serving';
import { Crowd } from './crowd.js';
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

  constructor(
    pool: QueryPool,
    options: Pick<BatchOptions, 'maxQueued' | 'timeoutMs'>,
    /** What to throw for something that reading threw. */
    private readonly faultOf: (cause: unknown) => unknown,
  ) {
    const time = new GatherTime();
    const gather = { gatherMs: () => time.ms, crowd: new Crowd() };
    const batches = (table: EntryTable) => new RowBatches(pool, { ...options, ...gather, table, key: KEYS[table] });
    this.tables = { chart: batches('chart'), artist_page: batches('artist_page'), top_list: batches('top_list') };
  }

  /** Questions that wait for a query. */
  get queued(): number {
    return Object.values(this.tables).reduce((sum, table) => sum + table.queued, 0);
  }

  /**
   * What `use` makes of the entries of the rows with these keys, in the order of the keys, or of only the first ones of
   * each. The entries are valid during the call only. A list that does not exist has none; charts and pages have to be
   * there, or the file is damaged.
   */
  async read<T>(
    table: EntryTable,
    keys: readonly number[],
    use: (entries: EntryColumns) => T,
    firstOfEach = Infinity,
  ): Promise<T> {
    const entries = this.spare.pop() ?? new EntryColumns();
    entries.length = 0;
    await this.fill(entries, table, keys, firstOfEach);
    const made = use(entries);
    if (this.spare.length < MOST_SPARE && entries.days.length <= MOST_SPARE_ENTRIES) this.spare.push(entries);
    return made;
  }

  private async fill(entries: EntryColumns, table: EntryTable, keys: readonly number[], firstOfEach: number) {
    let found = 0;
    try {
      await this.tables[table].read(keys, (_key, bytes) => {
        found++;
        decodeEntries(bytes, entries, 0, firstOfEach);
      });
      if (found < keys.length && table !== 'top_list') {
        throw new RangeError(`${table} has ${found} of ${keys.length} rows that it is known to have`);
      }
    } catch (cause) {
      throw this.faultOf(cause);
    }
  }
}
