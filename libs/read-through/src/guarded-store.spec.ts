import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import type { StoreOperation } from './guarded-store.js';
import { MemoryStore } from './memory-store.js';
import type { Codec } from './store.js';
import { chaos, guard, heldBack, repeated, soon, times, type Observed } from './testing/guard.js';
import { jsonCodec } from './testing/json-codec.js';

const OPERATIONS: readonly StoreOperation[] = ['get', 'set'];
const MISDEEDS = ['throws', 'rejects', 'hangs', 'dawdles', 'garbage', 'truncated'] as const;

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
    const { store, answers } = heldBack();
    const { guarded, observed } = guard(store);
    expect(await guarded.get('a')).toBeUndefined();
    answers[0]!(jsonCodec.encode('value'));
    await nextTurn();
    expect([answers.length, observed]).toEqual([1, [['get', 'timeout']]]);
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
