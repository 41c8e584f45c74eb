import type { DuckDBDataChunk, DuckDBPreparedStatement } from '@duckdb/node-api';
import { ByteColumn, numbers, QueryQueueFullError, QueryTimeoutError, type QueryPool } from '#libs/duckdb';
import { Arrivals } from './arrivals.js';
import type { Crowd } from './crowd.js';

/** Numbers of keys for which a statement is prepared: a query has the next larger one, its last key repeated. */
const SIZES = [1, 4, 16, 32, 64, 256] as const;
const MOST_KEYS = 256;
/** Queries of one table at a time: while one runs, what is asked meanwhile gathers for the next. */
const MOST_RUNNING = 1;
/**
 * Questions that are enough for a query, so that no more are waited for and none are added: a key takes 17 us among 64, 12
 * among 256, but what is made of the rows keeps the event loop, and all that has arrived meanwhile waits for that. Refusals
 * under a flood of first-time questions came within 64 ms (p99) without that bound, within 39 with it.
 */
const ENOUGH = 64;
/**
 * Half as many, where more wait than two such queries take: then there is more to do than can be done, and what is in memory
 * goes first. At twice the capacity right answers are 1.18 of it with this, 1.03 without.
 */
const ENOUGH_IN_A_FLOOD = 32;

/** Bounds of {@link RowBatches}. */
export interface BatchOptions {
  /** Names of the table and of its unique key of type UINTEGER; the rows are in its column `entries`. */
  readonly table: string;
  readonly key: string;
  /** Questions that may wait. */
  readonly maxQueued: number;
  /** Milliseconds a question may wait before it is asked. */
  readonly timeoutMs: number;
  /** Milliseconds from the start of one query to that of the next while others may come, asked before each. */
  readonly gatherMs: () => number;
  /** All who ask for rows, of this table or another. */
  readonly crowd: Crowd;
}

/** Takes a row that was found; the bytes are valid during the call only. */
export type TakeRow = (key: number, bytes: Uint8Array) => void;

interface Waiter {
  readonly keys: readonly number[];
  readonly take: TakeRow;
  readonly asked: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads rows of a table by unique key, questions that come at the same time in one query: planning a query costs several
 * times as much as finding a row. What is asked in one turn of the event loop, while a query runs, or soon after it began
 * where the processor is busy and others may come, goes together.
 */
export class RowBatches {
  private readonly statements: ReadonlyMap<number, string>;
  private readonly waiting: Waiter[] = [];
  private readonly arrivals = new Arrivals();
  private running = 0;
  private startedAt = -Infinity;
  private scheduled = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: QueryPool,
    private readonly options: BatchOptions,
  ) {
    const { table, key, crowd } = options;
    crowd.whenComplete(() => this.schedule());
    this.statements = new Map(
      SIZES.map((size) => {
        const places = Array.from({ length: size }, () => '?').join();
        return [size, `SELECT ${key}, entries FROM ${table} WHERE ${key} IN (${places})`];
      }),
    );
  }

  /** Questions that wait. */
  get queued(): number {
    return this.waiting.length;
  }

  /**
   * Hands out the rows with these keys, in the order of the keys; those that do not exist are left out. Rejects with
   * QueryQueueFullError or QueryTimeoutError, or with what DuckDB reports.
   */
  async read(keys: readonly number[], take: TakeRow): Promise<void> {
    for (let at = 0; at < keys.length; at += MOST_KEYS) await this.ask(keys.slice(at, at + MOST_KEYS), take);
  }

  private ask(keys: readonly number[], take: TakeRow): Promise<void> {
    const { table, maxQueued } = this.options;
    if (this.waiting.length >= maxQueued) {
      return Promise.reject(new QueryQueueFullError(`${maxQueued} questions to ${table} wait already`));
    }
    return new Promise((resolve, reject) => {
      const asked = performance.now();
      this.arrivals.come(asked);
      this.waiting.push({ keys, take, asked, resolve, reject });
      this.options.crowd.come();
      this.schedule();
    });
  }

  /** Asks what waits in the next turn of the event loop, or when it is time for the next query. */
  private schedule(): void {
    if (this.scheduled || this.running >= MOST_RUNNING || this.waiting.length === 0) return;
    if (this.timer && !this.isComplete) return;
    const waitMs = this.waitMs();
    if (waitMs < 1) this.soon();
    else this.timer = setTimeout(() => this.soon(), waitMs);
  }

  /** Once more round the event loop: what has come meanwhile is read first. */
  private soon(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.scheduled = true;
    setImmediate(() => this.next());
  }

  private next(): void {
    this.scheduled = false;
    const batch = this.waitMs() < 1 ? this.gather() : [];
    if (batch.length > 0) void this.run(batch);
    this.schedule();
  }

  /** Milliseconds for which it is worth to wait for others. */
  private waitMs(): number {
    if (this.isComplete) return 0;
    return Math.min(this.startedAt + this.options.gatherMs(), this.arrivals.overAt) - performance.now();
  }

  /** Whether those who wait are enough, or all who may come. */
  private get isComplete(): boolean {
    return this.waiting.length >= ENOUGH || this.options.crowd.isComplete;
  }

  /** Takes questions off the queue until a query is full; those that have waited too long are refused. */
  private gather(): readonly Waiter[] {
    const { table, timeoutMs, crowd } = this.options;
    const oldest = performance.now() - timeoutMs;
    const most = this.waiting.length > 2 * ENOUGH ? ENOUGH_IN_A_FLOOD : ENOUGH;
    let keys = 0;
    let count = 0;
    for (const waiter of this.waiting) {
      if (count >= most || keys + waiter.keys.length > MOST_KEYS) break;
      keys += waiter.keys.length;
      count++;
    }
    return this.waiting.splice(0, count).filter((waiter) => {
      if (waiter.asked >= oldest) return true;
      crowd.leave(1);
      waiter.reject(new QueryTimeoutError(`a question to ${table} waited longer than ${timeoutMs} ms`));
      return false;
    });
  }

  private async run(batch: readonly Waiter[]): Promise<void> {
    const { table, crowd } = this.options;
    this.running++;
    this.startedAt = performance.now();
    try {
      const keys = batch.length === 1 ? batch[0]!.keys : [...new Set(batch.flatMap((waiter) => waiter.keys))];
      const size = SIZES.find((candidate) => candidate >= keys.length)!;
      const bind = (statement: DuckDBPreparedStatement) => {
        for (let i = 0; i < size; i++) statement.bindUInteger(i + 1, keys[Math.min(i, keys.length - 1)]!);
      };
      await this.pool.read({ question: table, sql: this.statements.get(size)!, bind }, (chunks) => {
        const rows = new FoundRows(chunks);
        for (const waiter of batch) deliver(waiter, rows);
      });
    } catch (error) {
      for (const waiter of batch) waiter.reject(error);
    }
    this.running--;
    crowd.leave(batch.length);
    this.schedule();
  }
}

/** The rows of a result by key. */
class FoundRows {
  private readonly places = new Map<number, { readonly packed: ByteColumn; readonly row: number }>();

  constructor(chunks: readonly DuckDBDataChunk[]) {
    for (const chunk of chunks) {
      const packed = new ByteColumn(chunk, 1);
      const keys = numbers(chunk, 0, Uint32Array);
      for (let row = 0; row < keys.length; row++) this.places.set(keys[row]!, { packed, row });
    }
  }

  get(key: number): Uint8Array | undefined {
    const place = this.places.get(key);
    return place?.packed.get(place.row);
  }
}

function deliver({ keys, take, resolve, reject }: Waiter, rows: FoundRows): void {
  try {
    for (const key of keys) {
      const bytes = rows.get(key);
      if (bytes) take(key, bytes);
    }
    resolve();
  } catch (error) {
    // A row that cannot be read is the fault of one question, not of those beside it.
    reject(error);
  }
}
