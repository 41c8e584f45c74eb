import { jest } from '@jest/globals';
import { tmpdir } from 'node:os';
import type { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { openDatabase, QueryPool, QueryQueueFullError, QueryTimeoutError, type QueryObservation } from '#libs/duckdb';
import { Crowd } from './crowd.js';
import { RowBatches, type BatchOptions } from './row-batches.js';

const ROWS = 1000;
let instance: DuckDBInstance;
let pool: QueryPool;
let queries: QueryObservation[];

/** Rows for every third key, each holding its key as text. */
beforeAll(async () => {
  const bounds = { threads: 1, memoryLimit: '256MB', tempDir: tmpdir() };
  instance = await openDatabase({ path: ':memory:', readOnly: false, ...bounds });
  const connection = await instance.connect();
  await connection.run('CREATE TABLE held (id UINTEGER, entries BLOB)');
  await connection.run(`INSERT INTO held SELECT i * 3, encode((i * 3)::VARCHAR) FROM range(${ROWS}) t(i)`);
  connection.closeSync();
  const observe = (observation: QueryObservation) => void queries.push(observation);
  pool = await QueryPool.open(instance, { connections: 4, maxQueued: 100, timeoutMs: 20_000, observe });
});
beforeEach(() => (queries = []));
afterAll(async () => {
  await pool.close();
  instance.closeSync();
});

const batches = (change: Partial<BatchOptions> = {}) =>
  new RowBatches(pool, {
    ...{ table: 'held', key: 'id', maxQueued: 1000, timeoutMs: 20_000, gatherMs: () => 0, crowd: new Crowd() },
    ...change,
  });

async function read(from: RowBatches, keys: readonly number[]): Promise<[number, string][]> {
  const found: [number, string][] = [];
  await from.read(keys, (key, bytes) => found.push([key, Buffer.from(bytes).toString()]));
  return found;
}

const there = (keys: readonly number[]) =>
  keys.filter((key) => key % 3 === 0 && key < ROWS * 3).map((key) => [key, String(key)]);

describe('rows read by keys', () => {
  it('come in the order of the keys, those that do not exist left out', async () => {
    const keys = fc.array(fc.nat(ROWS * 3 + 50), { maxLength: 600 });
    await fc.assert(
      fc.asyncProperty(keys, async (wanted) => expect(await read(batches(), wanted)).toEqual(there(wanted))),
      { numRuns: 40 },
    );
  });

  it('are none without keys, and nothing is asked', async () => {
    expect(await read(batches(), [])).toEqual([]);
    expect(queries).toEqual([]);
  });

  it('of questions asked at the same time come from one query, each its own', async () => {
    const one = batches();
    const asked = Array.from({ length: 40 }, (_, i) => [i, i + 1, 3 * (i % 5)]);
    const answers = await Promise.all(asked.map((keys) => read(one, keys)));
    expect(answers).toEqual(asked.map(there));
    expect(queries).toHaveLength(1);
    expect(one.queued).toBe(0);
  });

  it('of questions that do not fit in one query come from several', async () => {
    const one = batches();
    const asked = Array.from({ length: 10 }, (_, i) => Array.from({ length: 100 }, (__, k) => i * 100 + k));
    expect(await Promise.all(asked.map((keys) => read(one, keys)))).toEqual(asked.map(there));
    expect(queries).toHaveLength(5);
  });

  it.each([
    [128, 'of 64 questions at the most in one query, however few keys they have', [64, 64]],
    [200, 'of half as many while more wait', [32, 32, 32, 64, 40]],
  ])('when %d are asked are %s', async (count, _how, perQuery) => {
    const one = batches();
    // Each is there, so that the rows of a query are its questions.
    const asked = Array.from({ length: count }, (_, i) => [3 * i]);
    expect(await Promise.all(asked.map((keys) => read(one, keys)))).toEqual(asked.map(there));
    expect(queries.map(({ rows }) => rows)).toEqual(perQuery);
  });

  it('that cannot be taken fail one question, not those beside it', async () => {
    const one = batches();
    const failing = one.read([3], () => {
      throw new Error('cannot be taken');
    });
    const beside = read(one, [3, 6]);
    await expect(failing).rejects.toThrow('cannot be taken');
    expect(await beside).toEqual([
      [3, '3'],
      [6, '6'],
    ]);
  });
});

describe('gathering', () => {
  const together = (one: RowBatches) => Promise.all([3, 6, 9, 12].map((key) => read(one, [key])));

  /** Asks so many questions, each some milliseconds after the one before, whatever the answers do. */
  async function stream(one: RowBatches, count: number, distanceMs: number): Promise<void> {
    const asked: Promise<unknown>[] = [];
    for (let i = 0; i < count; i++) {
      asked.push(read(one, [3 * i]));
      await new Promise((resolve) => setTimeout(resolve, distanceMs));
    }
    await Promise.all(asked);
  }

  it('puts what is asked soon after a query into the next, where questions come together', async () => {
    const one = batches({ gatherMs: () => 250 });
    await together(one);
    await stream(one, 150, 4);
    expect(queries.reduce((sum, { rows }) => sum + rows, 0)).toBe(154);
    expect(queries.length).toBeLessThan(75);
  });

  it('ends when nobody comes any more, however long it may take', async () => {
    const one = batches({ gatherMs: () => 60_000 });
    await together(one);
    await stream(one, 40, 4);
    expect(await read(one, [9])).toEqual([[9, '9']]);
  });

  it('is not done for one client that waits for each answer', async () => {
    const one = batches({ gatherMs: () => 60_000 });
    for (let i = 0; i < 20; i++) await read(one, [3]);
    expect(queries).toHaveLength(20);
  });

  describe('with clients that ask again when they are answered', () => {
    // Nothing that waits for a time would come to an end.
    beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] }));
    afterEach(() => jest.useRealTimers());

    const ask = (one: RowBatches, count: number) =>
      Promise.all(Array.from({ length: count }, (_, i) => read(one, [3 * i])));

    it('ends when all of them have asked', async () => {
      const one = batches({ gatherMs: () => 60_000 });
      const client = async (key: number) => {
        for (let i = 0; i < 20; i++) await read(one, [key]);
      };
      await Promise.all([3, 6, 9, 12].map(client));
      expect(queries.map(({ rows }) => rows)).toEqual(Array.from({ length: 20 }, () => 4));
    });

    it('ends when they have asked for rows of this table and of another', async () => {
      const crowd = new Crowd();
      const [one, other] = [batches({ gatherMs: () => 60_000, crowd }), batches({ gatherMs: () => 60_000, crowd })];
      await Promise.all([ask(one, 4), ask(other, 4)]);
      await Promise.all([ask(one, 5), ask(other, 3)]);
      expect(
        queries
          .map(({ rows }) => rows)
          .slice(2)
          .toSorted((a, b) => a - b),
      ).toEqual([3, 5]);
    });
  });

  it('ends when there are enough questions', async () => {
    const one = batches({ gatherMs: () => 60_000 });
    await together(one);
    const asked = Array.from({ length: 64 }, (_, i) => read(one, [3 * i]));
    expect(await Promise.all(asked)).toHaveLength(64);
    expect(queries).toHaveLength(2);
  });
});

describe('questions', () => {
  it('are refused when too many wait', async () => {
    const one = batches({ maxQueued: 2 });
    const taken = [read(one, [3]), read(one, [6])];
    expect(one.queued).toBe(2);
    await expect(read(one, [9])).rejects.toThrow(QueryQueueFullError);
    expect(await Promise.all(taken)).toEqual([[[3, '3']], [[6, '6']]]);
    expect(await read(one, [9])).toEqual([[9, '9']]);
  });

  it('fail together when their query fails, and the next one is asked', async () => {
    const one = batches({ table: 'nowhere' });
    const asked = await Promise.allSettled([read(one, [1]), read(one, [2])]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(read(one, [3])).rejects.toThrow('nowhere');
    expect(queries.map(({ failed }) => failed)).toEqual([true, true]);
  });

  it('that have waited too long are refused and not asked', async () => {
    const one = batches({ timeoutMs: 20 });
    const late = read(one, [3]);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    await expect(late).rejects.toThrow(QueryTimeoutError);
    expect(queries).toEqual([]);
    expect(await read(one, [3])).toEqual([[3, '3']]);
  });
});
