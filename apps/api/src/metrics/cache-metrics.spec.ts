import { Registry } from 'prom-client';
import { registerCache, type CacheState } from './cache-metrics.js';

const MEMORY_ONLY: CacheState = {
  l1: 5,
  l2: 0,
  misses: 2,
  shared: 3,
  bytes: 4096,
  entries: 2,
  evictions: 1,
  breakers: undefined,
};
const WITH_STORE: CacheState = { ...MEMORY_ONLY, l2: 4, breakers: { get: 'closed', set: 'open' } };

/** The samples of a text, without help and types. */
async function samples(registry: Registry): Promise<ReadonlyMap<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('the metrics of the cache', () => {
  it('have the names and types that dashboards and alerts are built on', async () => {
    const registry = new Registry();
    registerCache(registry, () => WITH_STORE);
    const types = (await registry.metrics()).split('\n').filter((line) => line.startsWith('# TYPE'));
    expect(types.sort()).toEqual([
      '# TYPE cache_breaker_state gauge',
      '# TYPE cache_evictions_total counter',
      '# TYPE cache_flights_shared_total counter',
      '# TYPE cache_memory_bytes gauge',
      '# TYPE cache_memory_entries gauge',
      '# TYPE cache_requests_total counter',
      '# TYPE cache_store_faults_total counter',
      '# TYPE cache_store_seconds histogram',
    ]);
  });

  it('are those of memory only without a store', async () => {
    const registry = new Registry();
    const observe = registerCache(registry, () => MEMORY_ONLY);
    observe('get', 0.001, undefined);
    expect(Object.fromEntries(await samples(registry))).toEqual({
      'cache_requests_total{outcome="l1"}': 5,
      'cache_requests_total{outcome="l2"}': 0,
      'cache_requests_total{outcome="miss"}': 2,
      cache_flights_shared_total: 3,
      cache_evictions_total: 1,
      cache_memory_bytes: 4096,
      cache_memory_entries: 2,
    });
  });

  it('show what the cache has counted at the time of asking, not the sum of what was shown before', async () => {
    const registry = new Registry();
    let state = WITH_STORE;
    registerCache(registry, () => state);
    await registry.metrics();
    state = { ...state, l1: 7, shared: 10, evictions: 20, bytes: 1, entries: 0 };
    await registry.metrics();
    const text = await samples(registry);
    expect(text.get('cache_requests_total{outcome="l1"}')).toBe(7);
    expect(text.get('cache_requests_total{outcome="l2"}')).toBe(4);
    expect(text.get('cache_flights_shared_total')).toBe(10);
    expect(text.get('cache_evictions_total')).toBe(20);
    expect(text.get('cache_memory_bytes')).toBe(1);
    expect(text.get('cache_memory_entries')).toBe(0);
  });

  it('show one state of each breaker, the one that it is in', async () => {
    const registry = new Registry();
    let state = WITH_STORE;
    registerCache(registry, () => state);
    const shown = async () => {
      const text = [...(await samples(registry))].filter(([name]) => name.startsWith('cache_breaker_state'));
      expect(text).toHaveLength(6);
      return text.filter(([, value]) => value === 1).map(([name]) => name.replace('cache_breaker_state', ''));
    };
    expect(await shown()).toEqual(['{operation="get",state="closed"}', '{operation="set",state="open"}']);
    state = { ...state, breakers: { get: 'half-open', set: 'closed' } };
    expect((await shown()).sort()).toEqual(['{operation="get",state="half-open"}', '{operation="set",state="closed"}']);
  });

  it('time the commands that were sent and count what was wrong with those that did not help', async () => {
    const registry = new Registry();
    const observe = registerCache(registry, () => WITH_STORE);
    observe('get', 0.001, undefined);
    observe('get', 0.075, 'timeout');
    observe('get', 0, 'wrong');
    observe('set', 0.002, 'error');
    for (let i = 0; i < 3; i++) observe('set', 0, 'open');
    observe('set', 0, 'busy');
    const text = await samples(registry);
    expect(text.get('cache_store_seconds_count{operation="get"}')).toBe(2);
    expect(text.get('cache_store_seconds_sum{operation="get"}')).toBeCloseTo(0.076, 10);
    expect(text.get('cache_store_seconds_bucket{le="0.001",operation="get"}')).toBe(1);
    expect(text.get('cache_store_seconds_bucket{le="0.075",operation="get"}')).toBe(2);
    expect(text.get('cache_store_seconds_count{operation="set"}')).toBe(1);
    const faults = [...text].filter(([name]) => name.startsWith('cache_store_faults_total'));
    expect(Object.fromEntries(faults)).toEqual({
      'cache_store_faults_total{operation="get",reason="timeout"}': 1,
      'cache_store_faults_total{operation="get",reason="wrong"}': 1,
      'cache_store_faults_total{operation="set",reason="error"}': 1,
      'cache_store_faults_total{operation="set",reason="open"}': 3,
      'cache_store_faults_total{operation="set",reason="busy"}': 1,
    });
  });
});
