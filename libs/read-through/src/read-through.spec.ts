import { setTimeout as sleep } from 'node:timers/promises';
import { ByteRing } from './byte-ring.js';
import { GuardedStore } from './guarded-store.js';
import { MemoryStore } from './memory-store.js';
import { ReadThrough, type ReadThroughOptions } from './read-through.js';
import type { Store } from './store.js';
import { ChaosStore } from './testing/chaos-store.js';
import { jsonCodec } from './testing/json-codec.js';
import { textLayout } from './testing/text-layout.js';

const GENEROUS_MS = 5000;

/** A cache over a store and a source that counts how often it is asked. */
function reader(store?: Store, maxBytes = 1000, options: ReadThroughOptions = {}) {
  const guarded =
    store &&
    new GuardedStore(store, jsonCodec, {
      timeoutMs: 20,
      ttlSeconds: 60,
      maxReads: 100,
      maxWrites: 100,
      maxWriteBytes: 1000,
      failures: 3,
      retryMs: 60_000,
    });
  const cache = new ReadThrough(new ByteRing(maxBytes, textLayout), guarded, options);
  const loads = { count: 0 };
  const load = async () => {
    loads.count++;
    await sleep(1);
    return `value ${loads.count}`;
  };
  return { cache, load, loads };
}

describe('reading through a cache', () => {
  it.each([
    ['with a store', () => new MemoryStore()],
    ['without a store', () => undefined],
  ])('asks the source once for all that ask at the same time, %s', async (_, store) => {
    const { cache, load, loads } = reader(store());
    const found = await Promise.all(Array.from({ length: 100 }, () => cache.get('a', load)));
    expect(loads.count).toBe(1);
    expect(found).toEqual(Array.from({ length: 100 }, () => ({ value: 'value 1', from: 'miss' })));
    expect(cache.counts).toEqual({ l1: 0, l2: 0, misses: 1, shared: 99 });
    expect(await cache.get('a', load)).toEqual({ value: 'value 1', from: 'l1' });
    expect(cache.peek('a')).toBe('value 1');
    expect(cache.counts).toEqual({ l1: 2, l2: 0, misses: 1, shared: 99 });
  });

  it('keeps what was made without waiting as what comes from the source, and tells no store', async () => {
    const store = new MemoryStore();
    const { cache, load, loads } = reader(store);
    cache.made('a', 'made');
    expect(await cache.get('a', load)).toEqual({ value: 'made', from: 'l1' });
    expect([cache.counts, loads.count]).toEqual([{ l1: 1, l2: 0, misses: 1, shared: 0 }, 0]);
    const other = reader(store);
    expect((await other.cache.get('a', other.load)).from).toBe('miss');
  });

  it('asks the source for each key', async () => {
    const { cache, load, loads } = reader(new MemoryStore());
    const found = await Promise.all('abca'.split('').map((key) => cache.get(key, load)));
    expect(loads.count).toBe(3);
    expect(found[3]).toEqual(found[0]);
    expect(cache.counts).toEqual({ l1: 0, l2: 0, misses: 3, shared: 1 });
  });

  it('rejects all that wait when the source fails, and asks it again afterwards', async () => {
    const { cache, load } = reader(new MemoryStore());
    let failed = 0;
    const failing = async () => {
      failed++;
      await sleep(1);
      throw new Error('no source');
    };
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => cache.get('a', failing)));
    expect(results.map((one) => one.status === 'rejected' && String(one.reason))).toEqual(
      Array(100).fill('Error: no source'),
    );
    expect(failed).toBe(1);
    expect(cache.counts).toEqual({ l1: 0, l2: 0, misses: 0, shared: 99 });
    expect(await cache.get('a', load)).toEqual({ value: 'value 1', from: 'miss' });
  });

  it('rejects when the source throws before there is a promise', async () => {
    const { cache, load } = reader();
    const throwing = () => {
      throw new Error('no source');
    };
    await expect(cache.get('a', throwing)).rejects.toThrow('no source');
    expect(await cache.get('a', load)).toMatchObject({ from: 'miss' });
  });

  it('takes from the store what another process put there, and keeps it in memory', async () => {
    const inner = new MemoryStore();
    await inner.set('a', Buffer.from('"shared"'), 60);
    const store = new ChaosStore(inner);
    const { cache, load, loads } = reader(store);
    const found = await Promise.all([cache.get('a', load), cache.get('a', load)]);
    expect(found).toEqual(Array.from({ length: 2 }, () => ({ value: 'shared', from: 'l2' })));
    expect(await cache.get('a', load)).toEqual({ value: 'shared', from: 'l1' });
    expect([loads.count, store.gets, store.sets]).toEqual([0, 1, 0]);
    expect(cache.counts).toEqual({ l1: 1, l2: 1, misses: 0, shared: 1 });
  });

  it('writes to the store what it got from the source', async () => {
    const store = new MemoryStore();
    const first = reader(store);
    await first.cache.get('a', first.load);
    await sleep(20);
    const second = reader(store);
    expect(await second.cache.get('a', second.load)).toEqual({ value: 'value 1', from: 'l2' });
  });

  it('does not wait for a write to the store', async () => {
    let written: (() => void) | undefined;
    const store: Store = {
      get: async () => undefined,
      set: () =>
        new Promise((resolve) => {
          written = resolve;
        }),
      close: async () => undefined,
    };
    const { cache, load } = reader(store);
    expect(await cache.get('a', load)).toEqual({ value: 'value 1', from: 'miss' });
    await sleep(20);
    expect(written).toBeDefined();
    written!();
  });

  it('asks the store anew when memory keeps nothing', async () => {
    const store = new MemoryStore();
    const { cache, load, loads } = reader(store, 0);
    await cache.get('a', load);
    await sleep(20);
    expect(await cache.get('a', load)).toEqual({ value: 'value 1', from: 'l2' });
    expect(await cache.get('a', load)).toEqual({ value: 'value 1', from: 'l2' });
    expect([loads.count, cache.peek('a')]).toEqual([1, undefined]);
  });

  it('asks the source each time when there is neither memory nor a store', async () => {
    const { cache, load } = reader(undefined, 0);
    await cache.get('a', load);
    expect(await cache.get('a', load)).toEqual({ value: 'value 2', from: 'miss' });
  });

  it.each(['throws', 'rejects', 'hangs', 'dawdles', 'garbage', 'truncated'] as const)(
    'answers from the source, in time, when what the store gives is this or it does that: %s',
    async (misdeed) => {
      const store = new ChaosStore(new MemoryStore());
      for (let i = 0; i < 10; i++) await store.set(`${i}`, Buffer.from('"stored"'), 60);
      store.chaos = misdeed;
      const { cache, load, loads } = reader(store);
      const started = performance.now();
      for (let i = 0; i < 10; i++) expect(await cache.get(`${i}`, load)).toMatchObject({ from: 'miss' });
      expect(performance.now() - started).toBeLessThan(GENEROUS_MS);
      expect([loads.count, cache.counts.misses]).toEqual([10, 10]);
    },
  );

  it('goes to the source, unshared and past the store, when too many keys are being fetched', async () => {
    const store = new ChaosStore(new MemoryStore());
    const { cache, load, loads } = reader(store, 1000, { maxFlights: 2 });
    const found = ['a', 'b', 'c', 'c', 'a'].map((key) => cache.get(key, load));
    expect(cache.inFlight).toBe(2);
    expect((await Promise.all(found)).map(({ from }) => from)).toEqual(Array(5).fill('miss'));
    expect([loads.count, store.gets, cache.inFlight]).toEqual([4, 2, 0]);
    expect(cache.counts).toEqual({ l1: 0, l2: 0, misses: 4, shared: 1 });
    expect(cache.peek('c')).toBeDefined();
  });

  it('has nothing in memory that is not worth its place, and gives it all the same', async () => {
    const store = new MemoryStore();
    await store.set('b', Buffer.from('"stored"'), 60);
    let room = false;
    const { cache, load } = reader(store, 1000, { admits: () => room });
    expect(await cache.get('a', load)).toEqual({ value: 'value 1', from: 'miss' });
    expect(await cache.get('b', load)).toEqual({ value: 'stored', from: 'l2' });
    expect([cache.peek('a'), cache.peek('b')]).toEqual([undefined, undefined]);
    room = true;
    expect(await cache.get('b', load)).toEqual({ value: 'stored', from: 'l2' });
    expect(cache.peek('b')).toBe('stored');
  });

  it('leaves no flight behind, whether it succeeded or failed', async () => {
    const { cache, load } = reader(new MemoryStore());
    await cache.get('a', load);
    await expect(cache.get('b', () => Promise.reject(new Error('no source')))).rejects.toThrow('no source');
    expect(cache.inFlight).toBe(0);
  });

  it('keeps nothing under a key whose time was over when its value came', async () => {
    const store = new ChaosStore(new MemoryStore());
    let over = false;
    const { cache } = reader(store, 1000, { keeps: () => !over });
    const load = () => {
      over = true;
      return Promise.resolve('value');
    };
    expect(await cache.get('a', load)).toEqual({ value: 'value', from: 'miss' });
    await sleep(20);
    expect([cache.peek('a'), store.sets]).toEqual([undefined, 0]);

    await store.set('b', Buffer.from('"stored"'), 60);
    expect(await cache.get('b', load)).toEqual({ value: 'stored', from: 'l2' });
    expect(cache.peek('b')).toBeUndefined();
  });
});
