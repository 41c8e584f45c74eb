import type { HistogramData } from './generator/histogram.js';
import type { LoadSettings } from './settings.js';
import type { Verdict } from './thresholds.js';

/** What the line begins with that carries a summary in a runner's output. */
export const SUMMARY_MARK = 'SUMMARY ';

/** Exit code of a runner that broke a threshold, the same as k6's. */
export const EXIT_BROKEN_THRESHOLD = 99;

/** Numbers of requests. */
export interface RequestCounts {
  /** Answers of an expected status. */
  readonly answered: number;
  /** No answer, or one of another status. */
  readonly failed: number;
  /** Due, but never sent: there was no connection or user free for them, nor room to wait. */
  readonly dropped: number;
  /** Answers of an expected status whose body was not as expected. */
  readonly wrongBodies: number;
}

/** Latencies in milliseconds; null when nothing was answered. */
export interface Latencies {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
}

/** What happened in a stretch of time. */
export interface Interval {
  readonly answered: number;
  readonly failed: number;
  readonly dropped: number;
  /** Microseconds. */
  readonly latency: HistogramData;
}

/** What a runner came to: the same from Node and from k6, but that k6 tells neither histograms nor the course of the run. */
export interface LoadSummary {
  readonly format: 1;
  readonly tool: 'node' | 'k6';
  readonly scenario: string;
  readonly target: string;
  readonly seed: number;
  readonly runner: number;
  readonly runners: number;
  readonly connections: number;
  /** Of all runners together. */
  readonly peakPerSecond: number;
  /** Milliseconds since 1970 at which the first request was due. */
  readonly startedAtMs: number;
  /** Of the scenario; and until the last answer had come. */
  readonly seconds: number;
  readonly elapsedSeconds: number;
  /** Whether a signal ended the run before its time. */
  readonly interrupted: boolean;
  readonly requests: RequestCounts;
  /** Failed requests by kind: connect, reset, timeout, protocol, or `status 503`. */
  readonly failures: Readonly<Record<string, number>>;
  /** Right answers by X-Cache. */
  readonly caches: Readonly<Record<string, number>>;
  readonly latencyMs: Latencies;
  /** Microseconds, from when a request was due. */
  readonly latency?: HistogramData;
  readonly series?: { readonly intervalMs: number; readonly intervals: readonly Interval[] };
  readonly thresholds: readonly Verdict[];
  readonly ok: boolean;
}

/** The part of a summary that the settings give. */
export function summaryHead(settings: LoadSettings, seconds: number) {
  const { scenario, target, seed, runner, runners, load } = settings;
  const { connections, peakPerSecond } = load;
  return { format: 1, scenario, target, seed, runner, runners, connections, peakPerSecond, seconds } as const;
}

/** Values of the rates and counts that thresholds are about; undefined for latencies and where nothing was sent. */
export function countedValue(
  { answered, failed, dropped, wrongBodies }: RequestCounts,
  metric: string,
  statistic: string,
  seconds: number,
): number | undefined {
  const sent = answered + failed;
  if (metric === 'dropped_iterations') return statistic === 'rate' ? dropped / seconds : dropped;
  if (sent === 0) return undefined;
  if (metric === 'http_req_failed') return failed / sent;
  return metric === 'checks' ? (answered - wrongBodies) / sent : undefined;
}

/** A summary for people: what was sent, what came of it, and each threshold. Ends with the line that programs read. */
export function summaryText(summary: LoadSummary): string {
  const { requests, latencyMs, failures, caches, thresholds, elapsedSeconds } = summary;
  const ms = (value: number | null) => (value === null ? '-' : value.toFixed(1));
  const counted = (counts: Readonly<Record<string, number>>) =>
    Object.keys(counts)
      .map((name) => `${name} ${String(counts[name])}`)
      .join(', ') || 'none';
  const sent = requests.answered + requests.failed;
  return [
    `${summary.scenario}, runner ${summary.runner + 1} of ${summary.runners} (${summary.tool}), ${summary.target}`,
    `  requests    ${sent} in ${elapsedSeconds.toFixed(1)} s, ${(sent / (elapsedSeconds || 1)).toFixed(0)}/s`,
    `  answered    ${requests.answered}, of these wrong bodies: ${requests.wrongBodies}; by cache: ${counted(caches)}`,
    `  failed      ${requests.failed}: ${counted(failures)}`,
    `  dropped     ${requests.dropped}`,
    `  latency ms  p50 ${ms(latencyMs.p50)}, p95 ${ms(latencyMs.p95)}, p99 ${ms(latencyMs.p99)}, p99.9 ${ms(latencyMs.p999)}, max ${ms(latencyMs.max)}`,
    ...thresholds.map(
      ({ ok, metric, condition, value }) =>
        `  ${ok ? 'kept  ' : 'BROKEN'}      ${metric} ${condition}: ${value === null ? 'nothing measured' : Number(value.toPrecision(5))}`,
    ),
    ...(summary.interrupted ? ['  ended by a signal before its time'] : []),
    `${SUMMARY_MARK}${JSON.stringify(summary)}`,
    '',
  ].join('\n');
}
