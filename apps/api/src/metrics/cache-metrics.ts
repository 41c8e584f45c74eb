import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { registerCounter, registerCounters, registerGauge } from './read-metrics.js';

/** What the cache has counted and holds. */
export interface CacheState {
  /** Answers from memory, from the store, and made anew; questions that waited for the answer of another. */
  readonly l1: number;
  readonly l2: number;
  readonly misses: number;
  readonly shared: number;
  readonly bytes: number;
  readonly entries: number;
  readonly evictions: number;
  /** State of the breakers before the store; undefined when there is no store. */
  readonly breakers: Readonly<Record<'get' | 'set', BreakerState>> | undefined;
}

type BreakerState = 'closed' | 'open' | 'half-open';

/** A command to the store: what, how long it took, and what was wrong with it. */
export type StoreObservation = readonly [operation: 'get' | 'set', seconds: number, fault: string | undefined];

const STORE_BUCKETS_SECONDS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1];
const BREAKER_STATES: readonly BreakerState[] = ['closed', 'open', 'half-open'];

/** Registers the metrics of the cache; returns what counts commands to the store. */
export function registerCache(registry: Registry, state: () => CacheState): (...observation: StoreObservation) => void {
  const registers = [registry];
  registerCounters(
    registry,
    'cache_requests_total',
    'Answers by where they came from: l1 (memory), l2 (Redis) or miss (made anew)',
    'outcome',
    () => {
      const { l1, l2, misses } = state();
      return { l1, l2, miss: misses };
    },
  );
  registerCounter(
    registry,
    'cache_flights_shared_total',
    'Questions that waited for the answer of another',
    () => state().shared,
  );
  registerCounter(registry, 'cache_evictions_total', 'Answers dropped from memory for room', () => state().evictions);
  registerGauge(registry, 'cache_memory_bytes', 'Bytes of answers in memory', () => state().bytes);
  registerGauge(registry, 'cache_memory_entries', 'Answers in memory', () => state().entries);
  if (state().breakers === undefined) return () => undefined;
  new Gauge({
    name: 'cache_breaker_state',
    help: '1 for the state of the breaker before reads (get) or writes (set) of Redis, 0 for the others',
    labelNames: ['operation', 'state'] as const,
    registers,
    collect() {
      const { breakers = {} } = state();
      for (const [operation, now] of Object.entries(breakers)) {
        for (const one of BREAKER_STATES) this.set({ operation, state: one }, one === now ? 1 : 0);
      }
    },
  });
  return storeMetrics(registry);
}

function storeMetrics(registry: Registry): (...observation: StoreObservation) => void {
  const registers = [registry];
  const duration = new Histogram({
    name: 'cache_store_seconds',
    help: 'Time a command to Redis took',
    labelNames: ['operation'] as const,
    buckets: STORE_BUCKETS_SECONDS,
    registers,
  });
  const faults = new Counter({
    name: 'cache_store_faults_total',
    help: 'Commands to Redis that did not help: error, timeout, wrong (bytes that are no answer), open (breaker), busy',
    labelNames: ['operation', 'reason'] as const,
    registers,
  });
  return (operation, seconds, reason) => {
    if (seconds > 0) duration.observe({ operation }, seconds);
    if (reason !== undefined) faults.inc({ operation, reason });
  };
}
