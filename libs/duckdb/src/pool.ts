import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBPreparedStatement } from '@duckdb/node-api';
import { NativeGarbage } from './native-garbage.js';

/** The queue for a connection is full; the caller should be told to come back. */
export class QueryQueueFullError extends Error {
  override readonly name = 'QueryQueueFullError';
}

/** A query took longer than its deadline, waiting included, and was interrupted. */
export class QueryTimeoutError extends Error {
  override readonly name = 'QueryTimeoutError';
}

/** The pool is closed. */
export class PoolClosedError extends Error {
  override readonly name = 'PoolClosedError';
}

/** What one query took; given to the pool's observer after each. */
export interface QueryObservation {
  /** The name under which the query was asked. */
  readonly question: string;
  readonly queuedSeconds: number;
  readonly runSeconds: number;
  readonly rows: number;
  readonly failed: boolean;
}

/** Looks at what queries are read from; what it throws is what the query throws. */
export interface QueryGuard {
  /** Asked before a query runs. */
  before(): void;
  /** Asked after it ran, before its result is used; undefined where there is nothing to wait for. */
  after(): Promise<void> | undefined;
}

/** Told when each query begins to run, and when it has ended. */
export interface QueryWork {
  queryBegins(): void;
  queryEnds(): void;
}

/** Bounds of a {@link QueryPool}. */
export interface PoolOptions {
  /** Queries at a time, each on its own connection; each holds a thread of libuv's pool while it runs. */
  readonly connections: number;
  /** Queries that may wait for a connection. */
  readonly maxQueued: number;
  /** Deadline of a query from the moment it is asked, in milliseconds. */
  readonly timeoutMs: number;
  readonly observe?: (observation: QueryObservation) => void;
  readonly guard?: QueryGuard;
  readonly work?: QueryWork | undefined;
}

/** A statement with parameters bound by the caller, with the column's own type (bindUInteger for UINTEGER, or the index is not used). */
export interface Query {
  /** Name for metrics. */
  readonly question: string;
  readonly sql: string;
  readonly bind?: (statement: DuckDBPreparedStatement) => void;
}

const INTERRUPT_AGAIN_MS = 10;

interface Slot {
  readonly connection: DuckDBConnection;
  readonly prepared: Map<string, DuckDBPreparedStatement>;
}

interface Waiter {
  readonly take: (slot: Slot) => void;
  readonly refuse: (error: Error) => void;
}

/** Runs queries of one database on a bounded number of connections, first come, first served, each with a deadline. */
export class QueryPool {
  private readonly idle: Slot[] = [];
  private readonly waiting = new Set<Waiter>();
  private busy = 0;
  private closed = false;
  private readonly garbage = new NativeGarbage();
  private drained: PromiseWithResolvers<void> | undefined;

  private constructor(private readonly options: PoolOptions) {}

  /** Opens all connections. */
  static async open(instance: DuckDBInstance, options: PoolOptions): Promise<QueryPool> {
    const pool = new QueryPool(options);
    for (let i = 0; i < options.connections; i++) {
      pool.idle.push({ connection: await instance.connect(), prepared: new Map() });
    }
    return pool;
  }

  /** Queries that wait for a connection. */
  get queued(): number {
    return this.waiting.size;
  }

  /** Queries that run. */
  get running(): number {
    return this.busy;
  }

  /**
   * Runs a query and reads its chunks with the given function, which must copy what it keeps. Throws
   * {@link QueryQueueFullError}, {@link QueryTimeoutError}, {@link PoolClosedError}, or what DuckDB or the guard reports.
   */
  async read<T>(query: Query, reader: (chunks: readonly DuckDBDataChunk[]) => T): Promise<T> {
    const { guard, work } = this.options;
    const asked = performance.now();
    const slot = await this.acquire(query);
    const started = performance.now();
    let rows = 0;
    let failed = true;
    work?.queryBegins();
    try {
      guard?.before();
      const chunks = await this.run(slot, query, this.options.timeoutMs - (started - asked));
      const looking = guard?.after();
      if (looking) await looking;
      for (const chunk of chunks) rows += chunk.rowCount;
      const result = reader(chunks);
      failed = false;
      return result;
    } finally {
      work?.queryEnds();
      this.release(slot);
      this.garbage.add(rows);
      const now = performance.now();
      this.options.observe?.({
        question: query.question,
        queuedSeconds: (started - asked) / 1000,
        runSeconds: (now - started) / 1000,
        rows,
        failed,
      });
    }
  }

  /** Refuses what waits, lets what runs end, and closes the connections. */
  async close(): Promise<void> {
    this.closed = true;
    for (const waiter of this.waiting) waiter.refuse(new PoolClosedError('the database is being closed'));
    if (this.busy > 0) {
      this.drained ??= Promise.withResolvers();
      await this.drained.promise;
    }
    for (const { connection } of this.idle.splice(0)) connection.closeSync();
    this.garbage.close();
  }

  private async run(slot: Slot, query: Query, timeoutMs: number): Promise<readonly DuckDBDataChunk[]> {
    let late = false;
    const interrupt = () => {
      late = true;
      slot.connection.interrupt();
      // Again until the query has ended: what comes before the statement has begun to run is lost.
      timer = setTimeout(interrupt, INTERRUPT_AGAIN_MS);
    };
    let timer = setTimeout(interrupt, timeoutMs);
    try {
      const statement = await this.prepare(slot, query.sql);
      query.bind?.(statement);
      const result = await statement.run();
      // All chunks are there already: fetching them one by one would cost a thread's turn each.
      return Array.from({ length: result.chunkCount }, (_, index) => result.getChunk(index));
    } catch (cause) {
      if (!late) throw cause;
      throw new QueryTimeoutError(`${query.question} took longer than ${this.options.timeoutMs} ms`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  private async prepare(slot: Slot, sql: string): Promise<DuckDBPreparedStatement> {
    let statement = slot.prepared.get(sql);
    if (!statement) {
      statement = await slot.connection.prepare(sql);
      slot.prepared.set(sql, statement);
    }
    return statement;
  }

  private acquire(query: Query): Promise<Slot> {
    if (this.closed) return Promise.reject(new PoolClosedError('the database is closed'));
    const slot = this.idle.pop();
    if (slot) {
      this.busy++;
      return Promise.resolve(slot);
    }
    if (this.waiting.size >= this.options.maxQueued) {
      return Promise.reject(new QueryQueueFullError(`${this.waiting.size} queries wait for DuckDB already`));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiter.refuse(new QueryTimeoutError(`${query.question} waited longer than ${this.options.timeoutMs} ms`));
      }, this.options.timeoutMs);
      const settle = () => {
        clearTimeout(timer);
        this.waiting.delete(waiter);
      };
      const waiter: Waiter = {
        take: (free) => (settle(), resolve(free)),
        refuse: (error) => (settle(), reject(error)),
      };
      this.waiting.add(waiter);
    });
  }

  private release(slot: Slot): void {
    const [next] = this.waiting;
    if (next) return next.take(slot);
    this.busy--;
    this.idle.push(slot);
    if (this.busy === 0) this.drained?.resolve();
  }
}
