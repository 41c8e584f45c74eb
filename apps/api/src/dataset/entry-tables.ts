import type { QueryPool } from '#libs/duckdb';
import { decodeEntries, EntryColumns } from '#libs/serving';
import { TurnBudget } from '../turn-budget.js';
import { Crowd } from './crowd.js';
import { GatherTime } from './gather-time.js';
import { RowBatches, type BatchOptions } from './row-batches.js';
import type { RowMemory } from './row-memory.js';

/** A table of the serving file whose rows hold entries, with its key. */
const KEYS = { chart: 'chart_key', artist_page: 'page_key', top_list: 'list_key' } as const;
/** See {@link KEYS}. */
export type EntryTable = keyof typeof KEYS;

/** Rows of a table, in this order, and which of their entries are meant. */
export interface WantedRows {
  readonly table: EntryTable;
  readonly keys: readonly number[];
  /** Entries of each row, from its first on; all unless given. */
  readonly firstOfEach?: number;
  /** Leaves of the rows' entries those that are meant. */
  readonly narrow?: (entries: EntryColumns) => void;
}

/** Rows that were asked for, by where they were found. */
export interface RowCounts {
  memory: number;
  file: number;
}

/**
 * Entries that are taken from memory in one turn of the event loop, before what is asked is gathered for queries as what is
 * not there: two of the largest pages, some three milliseconds. A client may ask for a hundred of them at once, and the
 * next query does not begin before others were served.
 */
const RECALLED_IN_A_TURN = 2000;
const MOST_SPARE = 64;
/** Columns that have grown beyond this are let go. */
const MOST_SPARE_ENTRIES = 2048;

/** Reads rows of entries by unique key: from memory those that are read again and again, the others from the serving file. */
export class EntryTables {
  private readonly tables: Readonly<Record<EntryTable, RowBatches>>;
  /** Columns that nobody uses: making them costs as much as filling them with a chart. */
  private readonly spare: EntryColumns[] = [];
  private readonly recalled = new TurnBudget(RECALLED_IN_A_TURN);

  constructor(
    pool: QueryPool,
    options: Pick<BatchOptions, 'maxQueued' | 'timeoutMs'>,
    private readonly memory: RowMemory,
    private readonly counts: RowCounts,
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
   * What `use` makes of the wanted entries if all their rows are in memory, and the turn has not made much of such already;
   * they are valid during the call only.
   */
  atHand<T>(wanted: WantedRows, use: (entries: EntryColumns) => T): T | undefined {
    const entries = this.take();
    const made = this.recall(entries, wanted) ? use(narrowed(entries, wanted)) : undefined;
    this.giveBack(entries);
    return made;
  }

  /**
   * What `use` makes of the wanted entries, which are valid during the call only. A list that does not exist has none;
   * charts and pages have to be there, or the file is damaged.
   */
  async read<T>(wanted: WantedRows, use: (entries: EntryColumns) => T): Promise<T> {
    const entries = this.take();
    if (!this.recall(entries, wanted)) await this.fill(entries, wanted);
    const made = use(narrowed(entries, wanted));
    this.giveBack(entries);
    return made;
  }

  private take(): EntryColumns {
    const entries = this.spare.pop() ?? new EntryColumns();
    entries.length = 0;
    return entries;
  }

  private giveBack(entries: EntryColumns): void {
    if (this.spare.length < MOST_SPARE && entries.days.length <= MOST_SPARE_ENTRIES) this.spare.push(entries);
  }

  /** Fills in the entries of the rows if all are in memory and the turn has not had its share of them. */
  private recall(entries: EntryColumns, { table, keys, firstOfEach = Infinity }: WantedRows): boolean {
    if (this.recalled.isSpent) return false;
    for (const key of keys) {
      const bytes = this.memory.find(table, key, firstOfEach);
      if (bytes === undefined) {
        entries.length = 0;
        return false;
      }
      decodeEntries(bytes, entries, 0, firstOfEach);
    }
    this.recalled.spend(entries.length);
    this.counts.memory += keys.length;
    return true;
  }

  private async fill(entries: EntryColumns, { table, keys, firstOfEach = Infinity }: WantedRows): Promise<void> {
    let found = 0;
    try {
      await this.tables[table].read(keys, (key, bytes) => {
        found++;
        decodeEntries(bytes, entries, 0, firstOfEach);
        this.memory.offer(table, key, bytes, firstOfEach);
      });
      if (found < keys.length && table !== 'top_list') {
        throw new RangeError(`${table} has ${found} of ${keys.length} rows that it is known to have`);
      }
    } catch (cause) {
      throw this.faultOf(cause);
    }
    this.counts.file += keys.length;
  }
}

function narrowed(entries: EntryColumns, { narrow }: WantedRows): EntryColumns {
  narrow?.(entries);
  return entries;
}
