import { GuardedStore, type GuardOptions, type StoreOperation } from '../guarded-store.js';
import { MemoryStore } from '../memory-store.js';
import type { Codec, Store, StoreFault } from '../store.js';
import { ChaosStore } from './chaos-store.js';
import { jsonCodec } from './json-codec.js';

/** Far above the deadline of a call, far below the time that the test may take. */
const GENEROUS_MS = 5000;

/** What a guard tells of a command, without its time. */
export type Observed = readonly [operation: StoreOperation, fault: StoreFault | undefined];

/** A store behind a guard with small bounds, and what the guard has told of each command. */
export function guard(store: Store, options: Partial<GuardOptions> = {}, codec: Codec<string> = jsonCodec) {
  const observed: Observed[] = [];
  const guarded = new GuardedStore(store, codec, {
    timeoutMs: 20,
    ttlSeconds: 1000,
    maxReads: 100,
    maxWrites: 100,
    maxWriteBytes: 1000,
    failures: 3,
    retryMs: 60_000,
    observe: (operation, seconds, fault) => {
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(seconds > 0).toBe(fault !== 'open' && fault !== 'busy' && fault !== 'wrong');
      observed.push([operation, fault]);
    },
    ...options,
  });
  return { guarded, observed };
}

/** An empty store that misbehaves like this. */
export function chaos(misdeed: ChaosStore['chaos']): ChaosStore {
  const store = new ChaosStore(new MemoryStore());
  store.chaos = misdeed;
  return store;
}

/** A store whose reads are answered when the test says so, each by the function at its place. */
export function heldBack() {
  const answers: ((bytes: Uint8Array | undefined) => void)[] = [];
  const store: Store = {
    get: () => new Promise((resolve) => answers.push(resolve)),
    set: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { store, answers };
}

/** One thing so many times. */
export function repeated<T>(count: number, one: T): readonly T[] {
  return Array.from({ length: count }, () => one);
}

/** Runs something so often, one after the other. */
export async function times(count: number, run: () => Promise<unknown>): Promise<void> {
  for (let i = 0; i < count; i++) await run();
}

/** Resolves with the result of work that does not wait for the store. */
export async function soon<R>(work: Promise<R>): Promise<R> {
  const started = performance.now();
  const result = await work;
  expect(performance.now() - started).toBeLessThan(GENEROUS_MS);
  return result;
}
