import type { DuckDBInstance } from '@duckdb/node-api';
import { numbers } from './columns.js';
import {
  PoolClosedError,
  QueryPool,
  QueryQueueFullError,
  QueryTimeoutError,
  type PoolOptions,
  type QueryObservation,
} from './pool.js';
import { openMemory } from './testing/memory-database.js';

/** Runs for minutes if nobody stops it. */
const ENDLESS = {
  question: 'endless',
  sql: 'SELECT count(*) FROM range(1000000000) a(i), range(1000) b(j) WHERE sin(i + j) > 2',
};
const BROKEN = { question: 'broken', sql: 'SELECT * FROM nowhere' };
const number = (value: number) => ({ question: 'number', sql: `SELECT ${value}::UINTEGER AS value` });
const first = (chunks: Parameters<Parameters<QueryPool['read']>[1]>[0]) => numbers(chunks[0]!, 0, Uint32Array)[0]!;

let instance: DuckDBInstance;
const pools: QueryPool[] = [];
beforeAll(async () => {
  instance = await openMemory();
});
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));
afterAll(() => instance.closeSync());

async function open(options: Partial<PoolOptions> = {}): Promise<QueryPool> {
  const pool = await QueryPool.open(instance, { connections: 1, maxQueued: 10, timeoutMs: 20_000, ...options });
  pools.push(pool);
  return pool;
}

describe('a query', () => {
  it('gets its parameters bound and its chunks read', async () => {
    const pool = await open();
    const query = {
      question: 'sum',
      sql: 'SELECT (? + ?)::UINTEGER AS value',
      bind: (statement: { bindUInteger(index: number, value: number): void }) => {
        statement.bindUInteger(1, 40);
        statement.bindUInteger(2, 2);
      },
    };
    expect(await pool.read(query, first)).toBe(42);
    expect(await pool.read({ question: 'rows', sql: 'FROM range(5000)' }, (chunks) => chunks.length)).toBe(3);
    expect(await pool.read({ question: 'none', sql: 'FROM range(0)' }, (chunks) => chunks.length)).toBeLessThan(2);
  });

  it('is refused by its guard before it runs, or before its result is used', async () => {
    const asked: string[] = [];
    let refuses = '';
    const look = (when: string) => {
      asked.push(when);
      if (when === refuses) throw new Error(`refused ${when}`);
    };
    const guard = { before: () => look('before'), after: () => Promise.resolve().then(() => look('after')) };
    const pool = await open({ guard });
    const read = () =>
      pool.read(number(1), (chunks) => {
        asked.push('read');
        return first(chunks);
      });
    expect(await read()).toBe(1);
    refuses = 'after';
    await expect(read()).rejects.toThrow('refused after');
    refuses = 'before';
    await expect(read()).rejects.toThrow('refused before');
    expect(asked).toEqual(['before', 'after', 'read', 'before', 'after', 'before']);
    refuses = '';
    expect(await read()).toBe(1);
  });

  it('that fails says why and leaves the connection usable', async () => {
    const pool = await open();
    await expect(pool.read(BROKEN, first)).rejects.toThrow('nowhere');
    const failing = () => {
      throw new Error('the reader fails');
    };
    await expect(pool.read(number(1), failing)).rejects.toThrow('the reader fails');
    await expect(pool.read({ ...number(1), bind: failing }, first)).rejects.toThrow('the reader fails');
    expect(await pool.read(number(2), first)).toBe(2);
    expect({ running: pool.running, queued: pool.queued }).toEqual({ running: 0, queued: 0 });
  });

  it('is observed with its name, rows and outcome', async () => {
    const observed: QueryObservation[] = [];
    const pool = await open({ observe: (observation) => void observed.push(observation) });
    await pool.read({ question: 'rows', sql: 'FROM range(5000)' }, () => undefined);
    await pool.read(BROKEN, first).catch(() => undefined);
    const times = { queuedSeconds: expect.any(Number) as number, runSeconds: expect.any(Number) as number };
    expect(observed).toEqual([
      { question: 'rows', rows: 5000, failed: false, ...times },
      { question: 'broken', rows: 0, failed: true, ...times },
    ]);
    expect(observed.every(({ queuedSeconds, runSeconds }) => queuedSeconds >= 0 && runSeconds > 0)).toBe(true);
  });
});

describe('a full pool', () => {
  it('serves all that may wait', async () => {
    const pool = await open({ connections: 2 });
    const order: number[] = [];
    const asked = Array.from({ length: 12 }, (_, i) => pool.read(number(i), (chunks) => order.push(first(chunks))));
    expect({ running: pool.running, queued: pool.queued }).toEqual({ running: 2, queued: 10 });
    await Promise.all(asked);
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect({ running: pool.running, queued: pool.queued }).toEqual({ running: 0, queued: 0 });
  });

  it('serves first what came first', async () => {
    const pool = await open({ connections: 1, maxQueued: 20 });
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => pool.read(number(i), (chunks) => order.push(first(chunks)))),
    );
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('refuses what is one too many', async () => {
    const pool = await open({ connections: 1, maxQueued: 2 });
    const taken = [1, 2, 3].map((value) => pool.read(number(value), first));
    await expect(pool.read(number(4), first)).rejects.toThrow(QueryQueueFullError);
    expect(await Promise.all(taken)).toEqual([1, 2, 3]);
    expect(await pool.read(number(5), first)).toBe(5);
  });

  it('refuses at once when nothing may wait', async () => {
    const pool = await open({ maxQueued: 0 });
    const taken = pool.read(number(1), first);
    await expect(pool.read(number(2), first)).rejects.toThrow(QueryQueueFullError);
    expect(await taken).toBe(1);
  });
});

describe('a deadline', () => {
  it('stops a query that runs, after which the connection is usable', async () => {
    const pool = await open({ timeoutMs: 100 });
    const stopped = pool.read(ENDLESS, first);
    await expect(stopped).rejects.toThrow(QueryTimeoutError);
    await expect(stopped).rejects.toThrow('endless took longer than 100 ms');
    expect(await pool.read(number(3), first)).toBe(3);
  });

  it('lets go of a query that waits, which then never runs', async () => {
    const observed: string[] = [];
    const pool = await open({ timeoutMs: 150, observe: ({ question }) => void observed.push(question) });
    // Nothing of the program goes on while this query is bound, so that both deadlines have passed when it begins to run.
    const bind = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
    const running = pool.read({ ...ENDLESS, bind }, first).catch((error: unknown) => error);
    const waiting = pool.read(number(1), first).catch((error: unknown) => error);
    expect(await waiting).toBeInstanceOf(QueryTimeoutError);
    expect(await running).toBeInstanceOf(QueryTimeoutError);
    expect(observed).toEqual(['endless']);
    expect({ running: pool.running, queued: pool.queued }).toEqual({ running: 0, queued: 0 });
  });

  it.each([1, 2, 3, 5])('of %d ms holds though it passes before the statement has begun to run', async (timeoutMs) => {
    const pool = await open({ timeoutMs });
    const slow = Array.from({ length: 400 }, (_, i) => `sin(i + ${i}) < 2`).join(' AND ');
    const query = { question: 'slow to prepare', sql: `${ENDLESS.sql} AND ${slow}` };
    await expect(pool.read(query, first)).rejects.toThrow(QueryTimeoutError);
  });
});

describe('closing', () => {
  it('waits for what runs and refuses what waits and what comes', async () => {
    const pool = await open();
    const running = pool.read({ question: 'some work', sql: 'SELECT count(*)::UINTEGER FROM range(3000000)' }, first);
    const waiting = pool.read(number(1), first).catch((error: unknown) => error);
    let closed = false;
    const closing = pool.close().then(() => (closed = true));
    expect(await waiting).toBeInstanceOf(PoolClosedError);
    await expect(pool.read(number(2), first)).rejects.toThrow(PoolClosedError);
    expect(closed).toBe(false);
    expect(await running).toBe(3_000_000);
    await closing;
    expect(pool.running).toBe(0);
  });

  it('ends at once when nothing runs, and may be asked for again', async () => {
    const pool = await open({ connections: 3 });
    await pool.read(number(1), first);
    await pool.close();
    await pool.close();
    await expect(pool.read(number(1), first)).rejects.toThrow(PoolClosedError);
  });
});
