import fc from 'fast-check';
import type { StoreOperation } from './guarded-store.js';
import { MemoryStore } from './memory-store.js';
import type { Codec, Store } from './store.js';
import { chaos, guard, type Observed } from './testing/guard.js';
import { jsonCodec } from './testing/json-codec.js';

/** Far above the deadline of a call, far below the time that the test may take. */
const GENEROUS_MS = 5000;
const OPERATIONS: readonly StoreOperation[] = ['get', 'set'];
const MISDEEDS = ['throws', 'rejects', 'hangs', 'dawdles', 'garbage', 'truncated'] as const;

function repeated<T>(count: number, one: T): readonly T[] {
  return Array.from({ length: count }, () => one);
}

async function times(count: number, run: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i++) await run();
}

/** Resolves with the result of work that does not wait for the store. */
async function soon<R>(work: Promise<R>): Promise<R> {
  const started = performance.now();
  const result = await work;
  expect(performance.now() - started).toBeLessThan(GENEROUS_MS);
  return result;
}

describe('a guarded store', () => {
  it('gives what was written', async () => {
    const { guarded, observed } = guard(new MemoryStore());
    expect(await guarded.get('a')).toBeUndefined();
    await guarded.set('a', 'value');
    expect(await guarded.get('a')).toBe('value');
    expect(observed).toEqual([
      ['get', undefined],
      ['set', undefined],
      ['get', undefined],
    ]);
  });

  it.each([
    ['hangs', 'timeout'],
    ['dawdles', 'timeout'],
    ['rejects', 'error'],
    ['throws', 'error'],
  ] as const)('resolves without a value when the store %s: %s', async (misdeed, fault) => {
    const { guarded, observed } = guard(chaos(misdeed));
    await soon(guarded.set('a', 'value'));
    expect(await soon(guarded.get('a'))).toBeUndefined();
    expect(observed).toEqual([
      ['set', fault],
      ['get', fault],
    ]);
  });

  it('says nothing about an answer that comes after its deadline', async () => {
    const store = chaos('dawdles');
    store.delayMs = 60;
    const { guarded, observed } = guard(store);
    expect(await guarded.get('a')).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(observed).toEqual([['get', 'timeout']]);
  });

  it.each(['garbage', 'truncated'] as const)('takes %s bytes for no value, not for a failure', async (misdeed) => {
    const store = chaos('none');
    const { guarded, observed } = guard(store);
    await guarded.set('a', 'value');
    store.chaos = misdeed;
    for (let i = 0; i < 10; i++) expect(await guarded.get('a')).toBeUndefined();
    expect(observed.filter(([, fault]) => fault === 'wrong')).toHaveLength(10);
    expect(guarded.state('get')).toBe('closed');
    store.chaos = 'none';
    expect(await guarded.get('a')).toBe('value');
  });

  it('leaves a store alone after some failures in a row, and comes back when that does', async () => {
    const clock = { ms: 0 };
    const store = chaos('rejects');
    const { guarded, observed } = guard(store, { retryMs: 100, now: () => clock.ms, random: () => 0.5 });
    await times(20, () => guarded.get('a'));
    await times(20, () => guarded.set('a', 'value'));
    expect([store.gets, store.sets]).toEqual([3, 3]);
    expect(OPERATIONS.map((one) => guarded.state(one))).toEqual(['open', 'open']);
    expect(observed.slice(3, 20)).toEqual(repeated<Observed>(17, ['get', 'open']));
    expect(observed.slice(23)).toEqual(repeated<Observed>(17, ['set', 'open']));

    clock.ms = 100;
    expect(OPERATIONS.map((one) => guarded.state(one))).toEqual(['half-open', 'half-open']);
    await times(2, () => guarded.get('a'));
    await times(2, () => guarded.set('a', 'value'));
    expect([store.gets, store.sets]).toEqual([4, 4]);

    store.chaos = 'none';
    clock.ms = 200;
    await guarded.set('a', 'value');
    expect(await guarded.get('a')).toBe('value');
    expect(OPERATIONS.map((one) => guarded.state(one))).toEqual(['closed', 'closed']);
    expect(await Promise.all([guarded.get('a'), guarded.get('a')])).toEqual(['value', 'value']);
  });

  it.each(['hangs', 'dawdles', 'rejects', 'throws'] as const)('leaves a store alone that %s', async (misdeed) => {
    const store = chaos(misdeed);
    const { guarded } = guard(store);
    await times(5, () => guarded.get('a'));
    await times(5, () => guarded.set('a', 'value'));
    expect([store.gets, store.sets]).toEqual([3, 3]);
  });

  it('goes on reading from a store that refuses every write', async () => {
    const inner = new MemoryStore();
    await inner.set('a', await jsonCodec.encode('value'), 60);
    const full: Store = {
      get: (key) => inner.get(key),
      set: () => Promise.reject(new Error('out of memory')),
      close: () => inner.close(),
    };
    const { guarded } = guard(full);
    await times(10, () => guarded.set('b', 'value'));
    expect(OPERATIONS.map((one) => guarded.state(one))).toEqual(['closed', 'open']);
    expect(await guarded.get('a')).toBe('value');
  });

  it('lets one of many calls look whether the store is back', async () => {
    const clock = { ms: 0 };
    const store = chaos('rejects');
    const { guarded } = guard(store, { retryMs: 100, now: () => clock.ms, random: () => 0.5 });
    await times(3, () => guarded.get('a'));
    await times(3, () => guarded.set('a', 'value'));
    clock.ms = 100;
    await Promise.all('abcdef'.split('').flatMap((key) => [guarded.get(key), guarded.set(key, 'value')]));
    expect([store.gets, store.sets]).toEqual([4, 4]);
  });

  it('does not encode what it will not write', async () => {
    let encoded = 0;
    const codec: Codec<string> = {
      decode: (bytes) => jsonCodec.decode(bytes),
      encode: (value) => {
        encoded++;
        return jsonCodec.encode(value);
      },
    };
    const { guarded } = guard(chaos('rejects'), {}, codec);
    await times(10, () => guarded.set('a', 'value'));
    expect(encoded).toBe(3);
  });

  it('makes no more reads at a time than it may', async () => {
    const store = chaos('hangs');
    const { guarded, observed } = guard(store, { maxReads: 5, failures: 100 });
    await Promise.all(Array.from({ length: 8 }, () => guarded.get('a')));
    expect(store.gets).toBe(5);
    expect(observed.filter(([, fault]) => fault === 'busy')).toHaveLength(3);
    await Promise.all(Array.from({ length: 5 }, () => guarded.get('a')));
    expect(store.gets).toBe(10);
  });

  it('makes no more writes at a time than it may', async () => {
    const store = chaos('hangs');
    const { guarded, observed } = guard(store, { maxWrites: 5, failures: 100 });
    await Promise.all(Array.from({ length: 8 }, () => guarded.set('a', 'value')));
    expect(store.sets).toBe(5);
    expect(observed.filter(([, fault]) => fault === 'busy')).toHaveLength(3);
    await Promise.all(Array.from({ length: 5 }, () => guarded.set('a', 'value')));
    expect(store.sets).toBe(10);
  });

  it('has no more bytes on their way than it may', async () => {
    const store = chaos('hangs');
    // Two quotes and eight characters each.
    const { guarded, observed } = guard(store, { maxWriteBytes: 35, failures: 100 });
    await Promise.all(Array.from({ length: 5 }, () => guarded.set('a', 'eight ch')));
    expect(store.sets).toBe(3);
    expect(observed.filter(([, fault]) => fault === 'busy')).toHaveLength(2);
    store.chaos = 'none';
    await guarded.set('a', 'eight ch');
    expect(await guarded.get('a')).toBe('eight ch');
  });

  it('does not open for calls that it never made', async () => {
    const { guarded } = guard(new MemoryStore(), { maxReads: 0, maxWriteBytes: 0 });
    await times(10, async () => expect(await guarded.get('a')).toBeUndefined());
    await times(10, () => guarded.set('a', 'value'));
    expect(OPERATIONS.map((one) => guarded.state(one))).toEqual(['closed', 'closed']);
  });

  it('writes with a ttl that is whole and at most a tenth off', async () => {
    const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 31_536_000 }), anyRandom, async (ttlSeconds, random) => {
        const store = chaos('none');
        await guard(store, { ttlSeconds, random: () => random }).guarded.set('a', 'value');
        expect(store.ttls).toHaveLength(1);
        const [written] = store.ttls;
        expect(Number.isInteger(written) && written! >= 1).toBe(true);
        expect(Math.abs(written! - ttlSeconds)).toBeLessThanOrEqual(ttlSeconds / 10 + 0.5);
      }),
    );
    const ends = [0, 0.999_999].map(async (random) => {
      const store = chaos('none');
      await guard(store, { random: () => random }).guarded.set('a', 'value');
      return store.ttls;
    });
    expect(await Promise.all(ends)).toEqual([[900], [1100]]);
  });

  it('does not reject when a value cannot be encoded', async () => {
    const codec: Codec<string> = {
      decode: (bytes) => jsonCodec.decode(bytes),
      encode() {
        throw new Error('too odd');
      },
    };
    const store = chaos('none');
    const { guarded, observed } = guard(store, { maxWrites: 1 }, codec);
    await times(2, () => guarded.set('a', 'value'));
    expect([store.sets, observed]).toEqual([0, repeated<Observed>(2, ['set', 'wrong'])]);
  });

  it('never rejects and never gives another value, whatever the store does in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('none' as const, ...MISDEEDS), { maxLength: 12 }), async (order) => {
        const store = chaos('none');
        store.delayMs = 10;
        const { guarded } = guard(store, { timeoutMs: 3, retryMs: 0 });
        for (const misdeed of order) {
          store.chaos = misdeed;
          await guarded.set('a', 'value');
          expect([undefined, 'value']).toContain(await guarded.get('a'));
        }
      }),
      { numRuns: 25 },
    );
  });
});
