import { secondsOf } from '../scenarios.js';
import type { LoadSettings } from '../settings.js';
import { summaryHead, type LoadSummary, type RequestCounts } from '../summary.js';
import { judge, type Metric } from '../thresholds.js';
import { k6Metric } from './k6-options.js';

/** Counters for what k6 has no metric of; the names begin so in k6's own output too. */
export const COUNTERS = {
  failures: ['connect', 'reset', 'timeout', 'protocol'],
  caches: ['l1', 'l2', 'miss'],
} as const;

/** What k6 hands over at the end, as far as it is read here. */
export interface K6Results {
  readonly metrics: Readonly<Record<string, { readonly values: Readonly<Record<string, number>> } | undefined>>;
  readonly state: { readonly testRunDurationMs: number };
  /** What `setup` returned. */
  readonly setup_data?: { readonly startedAtMs: number };
}

/** The summary of a run with k6, which keeps no histogram and no course. */
export function k6Summary(settings: LoadSettings, results: K6Results, nowMs: number): LoadSummary {
  const seconds = secondsOf(settings.load.stages);
  const value = (metric: string, name: string) => results.metrics[metric]?.values[name];
  const ours = (metric: Metric, name: string) => value(k6Metric(metric, settings.scenario), name);
  const requests = countsOf(ours);
  const latencyMs = (name: string) => (requests.answered > 0 ? (ours('http_req_duration', name) ?? null) : null);
  const thresholds = judge(settings.load.thresholds, (metric, statistic) => {
    if (metric === 'dropped_iterations') return ours(metric, statistic) ?? 0;
    if (metric === 'http_req_duration' && requests.answered === 0) return undefined;
    return ours(metric, statistic);
  });
  const startedAtMs = results.setup_data?.startedAtMs ?? nowMs - results.state.testRunDurationMs;
  return {
    ...summaryHead(settings, seconds),
    ...{ tool: 'k6', startedAtMs, elapsedSeconds: (nowMs - startedAtMs) / 1000, interrupted: false, requests },
    failures: failuresOf(value, requests.failed),
    caches: counters(value, 'cache', COUNTERS.caches),
    latencyMs: {
      ...{ p50: latencyMs('p(50)'), p95: latencyMs('p(95)'), p99: latencyMs('p(99)') },
      ...{ p999: latencyMs('p(99.9)'), max: latencyMs('max') },
    },
    ...{ thresholds, ok: thresholds.every(({ ok }) => ok) },
  };
}

type Value<T> = (metric: T, name: string) => number | undefined;

/** k6 counts what is true: of http_req_failed the failures, of checks the right answers. */
function countsOf(value: Value<Metric>): RequestCounts {
  const failed = value('http_req_failed', 'passes') ?? 0;
  const answered = value('http_req_failed', 'fails') ?? 0;
  return {
    ...{ answered, failed, dropped: value('dropped_iterations', 'count') ?? 0 },
    // A failed request fails its check too.
    wrongBodies: Math.max(0, (value('checks', 'fails') ?? 0) - failed),
  };
}

function failuresOf(value: Value<string>, failed: number): Record<string, number> {
  const known = counters(value, 'failed', COUNTERS.failures);
  const others = failed - Object.keys(known).reduce((sum, kind) => sum + (known[kind] ?? 0), 0);
  return { ...known, ...(others > 0 && { status: others }) };
}

function counters(value: Value<string>, kind: string, names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) {
    const count = value(`${kind}_${name}`, 'count') ?? 0;
    if (count > 0) counts[name] = count;
  }
  return counts;
}
