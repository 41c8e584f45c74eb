import { GuardedStore, type GuardOptions, type StoreOperation } from '../guarded-store.js';
import { MemoryStore } from '../memory-store.js';
import type { Codec, Store, StoreFault } from '../store.js';
import { ChaosStore } from './chaos-store.js';
import { jsonCodec } from './json-codec.js';

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
  store.delayMs = 200;
  return store;
}
