import type { Endpoint } from '../generator/endpoint.js';
import type { Histogram } from '../generator/histogram.js';
import { runOpen, type Outgoing } from '../generator/open-model.js';
import { requestBytes } from '../generator/request-source.js';
import { headerOf } from '../generator/response-reader.js';
import { StagedArrivals } from '../generator/staged-arrivals.js';
import type { Vocabulary } from '../mix.js';
import { seededRandom } from '../random.js';
import { hasExpectedBody, hasExpectedStatus, requestMix, type ExpectingAsk, type RequestMix } from '../request-mix.js';
import { secondsOf } from '../scenarios.js';
import type { LoadSettings } from '../settings.js';
import { countedValue, summaryHead, type Latencies, type LoadSummary } from '../summary.js';
import { judge } from '../thresholds.js';
import { ScenarioTally } from './scenario-tally.js';

/** Requests without further headers whose bytes are kept; the others are made anew. */
const MOST_KEPT = 20_000;

/**
 * Runs a scenario from now on and tells what it came to. `startedAtMs` is the time that the runners have in common;
 * `interrupted`, when it is aborted, ends the sending. Nothing is sent twice.
 */
export async function runScenario(
  endpoint: Endpoint,
  settings: LoadSettings,
  vocabulary: Vocabulary,
  startedAtMs: number,
  interrupted: AbortSignal,
): Promise<LoadSummary> {
  const { load, runner, runners, timeoutMs, connectionRequests, seed } = settings;
  const seconds = secondsOf(load.stages);
  const mix = requestMix(vocabulary, settings, seededRandom(seed + 7919 * (runner + 1)));
  const began = performance.now();
  const elapsedMs = () => performance.now() - began;
  const tally = new ScenarioTally(seconds, elapsedMs);
  await runOpen<ExpectingAsk>({
    ...{ endpoint, connections: load.connections, inTurn: true, timeoutMs, spinMs: 0 },
    ...(connectionRequests !== undefined && { connectionRequests }),
    arrivals: new StagedArrivals({ ...load, runner, runners }),
    next: outgoing(mix, endpoint.authority),
    answered: (ask, status, head, bodyBytes, latencyMs) =>
      look(mix, tally, ask, { status, head, bodyBytes, latencyMs }),
    failed: (_reason, kind) => tally.failed(kind),
    dropped: () => tally.dropped(),
    isOver: () => interrupted.aborted,
  });
  const { counts, latency } = tally;
  const thresholds = judge(
    load.thresholds,
    (metric, statistic) => countedValue(counts, metric, statistic, seconds) ?? latencyMsOf(latency, statistic),
  );
  return {
    ...summaryHead(settings, seconds),
    ...{ tool: 'node', startedAtMs, elapsedSeconds: elapsedMs() / 1000, interrupted: interrupted.aborted },
    ...{ requests: counts, failures: tally.failures, caches: tally.caches },
    ...{ latencyMs: latenciesOf(latency), latency: latency.toJSON(), series: tally.series },
    ...{ thresholds, ok: thresholds.every(({ ok }) => ok) },
  };
}

function outgoing(mix: RequestMix, authority: string): () => Outgoing<ExpectingAsk> {
  const kept = new Map<string, Buffer>();
  return () => {
    const asked = mix.draw();
    const plain = Object.keys(asked.headers).length === 0;
    const known = plain ? kept.get(asked.path) : undefined;
    if (known) return { bytes: known, asked };
    const bytes = requestBytes(authority, 'GET', asked.path, asked.headers);
    if (plain && kept.size < MOST_KEPT) kept.set(asked.path, bytes);
    return { bytes, asked };
  };
}

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly bodyBytes: number;
  readonly latencyMs: number;
}

function look(mix: RequestMix, tally: ScenarioTally, ask: ExpectingAsk, answer: Answer): void {
  const { status, head, bodyBytes, latencyMs } = answer;
  if (!hasExpectedStatus(ask.expected, status)) {
    tally.failed(`status ${status}`);
    return;
  }
  tally.answered(latencyMs, hasExpectedBody(ask.expected, status, bodyBytes), headerOf(head, 'x-cache'));
  // A conditional request that is answered in full brings the tag of a dataset that is new.
  if (status !== 200 || (mix.knows(ask.path) && !('If-None-Match' in ask.headers))) return;
  const etag = headerOf(head, 'etag');
  if (etag !== undefined) mix.remember(ask.path, etag);
}

/** A latency by the name that thresholds have for it; undefined when nothing was answered. */
function latencyMsOf(latency: Histogram, statistic: string): number | undefined {
  if (latency.count === 0) return undefined;
  if (statistic === 'max') return latency.maxUs / 1000;
  if (statistic === 'avg') return latency.meanUs / 1000;
  const percent = statistic === 'med' ? 50 : statistic === 'min' ? 0 : Number(/^p\((.+)\)$/.exec(statistic)?.[1]);
  return latency.quantile(percent / 100) / 1000;
}

function latenciesOf(latency: Histogram): Latencies {
  const ms = (statistic: string) => latencyMsOf(latency, statistic) ?? null;
  return { p50: ms('p(50)'), p95: ms('p(95)'), p99: ms('p(99)'), p999: ms('p(99.9)'), max: ms('max') };
}
