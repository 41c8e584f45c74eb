import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { StoreOperation } from './guarded-store.js';
import { MemoryStore } from './memory-store.js';
import type { Store } from './store.js';
import { chaos, guard, heldBack, repeated, soon, times, type Observed } from './testing/guard.js';
import { jsonCodec } from './testing/json-codec.js';

const OPERATIONS: readonly StoreOperation[] = ['get', 'set'];

describe('a guarded store', () => {
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
    await guarded.get('a');
    await nextTurn();
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
    await inner.set('a', jsonCodec.encode('value'), 60);
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

  it('has nobody wait for the call that looks whether the store is back', async () => {
    const clock = { ms: 0 };
    const store = chaos('rejects');
    const { guarded } = guard(store, { timeoutMs: 60_000, retryMs: 100, now: () => clock.ms, random: () => 0.5 });
    await times(3, () => guarded.get('a'));
    store.chaos = 'dawdles';
    store.delayMs = 50;
    clock.ms = 100;
    expect(await soon(guarded.get('a'))).toBeUndefined();
    expect([store.gets, guarded.state('get')]).toEqual([4, 'half-open']);
    while (guarded.state('get') === 'half-open') await sleep(5);
    expect(guarded.state('get')).toBe('closed');
  });

  it('makes no reads while those under way get no answer, and makes them again with the first that comes', async () => {
    const { store, answers } = heldBack();
    const { guarded, observed } = guard(store, { timeoutMs: 60_000, silentMs: 5 });
    const first = guarded.get('a');
    await sleep(20);
    await nextTurn();
    expect(await Promise.all([guarded.get('a'), guarded.get('b')])).toEqual([undefined, undefined]);
    expect([answers.length, observed]).toEqual([1, repeated<Observed>(2, ['get', 'busy'])]);
    answers[0]!(undefined);
    await first;
    const second = guarded.get('a');
    answers[1]!(undefined);
    await second;
    expect([answers.length, guarded.state('get')]).toEqual([2, 'closed']);
  });

  it('leaves a store alone that hangs, however few reads are made of it before', async () => {
    const store = chaos('hangs');
    const { guarded } = guard(store, { timeoutMs: 20, silentMs: 1 });
    while (guarded.state('get') === 'closed') {
      void guarded.get('a');
      await sleep(2);
    }
    expect(guarded.state('get')).toBe('open');
  });
});
