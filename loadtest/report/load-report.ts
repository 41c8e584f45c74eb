import type { LoadSummary, RequestCounts } from '../summary.js';
import { alignedTable } from './aligned-table.js';
import type { Overall } from './merge.js';
import { replicasDuring, type ReplicaSample } from './replicas.js';

/** Milliseconds between the first and the last start from which runners count as not released together. */
const TOGETHER_MS = 1000;
const HEAD = [
  'runner',
  'requests',
  'per second',
  'failed',
  'dropped',
  'wrong',
  'p50 ms',
  'p99 ms',
  'p99.9 ms',
  'max ms',
  'thresholds',
];

/**
 * The report in Markdown: what was run, a row for each runner and one for all, failures by kind, pods of the service if they were
 * counted, and what is to be known to read it.
 */
export function loadReport(
  summaries: readonly LoadSummary[],
  all: Overall,
  samples: readonly ReplicaSample[] = [],
): string {
  const pods = replicasDuring(samples, all);
  const kinds = Object.entries(all.failures);
  return [
    headline(summaries, all),
    alignedTable(HEAD, [...summaries.map(runnerRow), ...(summaries.length > 1 ? [overallRow(all)] : [])]),
    ...(kinds.length > 0
      ? [
          alignedTable(
            ['failure', 'requests'],
            kinds.map(([kind, count]) => [kind, whole(count)]),
          ),
        ]
      : []),
    ...(pods ? [`Replicas: ${pods.first} at the start, ${pods.most} at most, ${pods.last} at the end.`] : []),
    ...(samples.length > 0 && !pods ? ['Replicas were not counted while the runners ran, only before or after.'] : []),
    ...notes(summaries, all).map((note) => `- ${note}`),
  ]
    .join('\n\n')
    .concat('\n');
}

function headline(summaries: readonly LoadSummary[], all: Overall): string {
  const unique = (of: (summary: LoadSummary) => string) => [...new Set(summaries.map(of))].join(', ');
  const at = new Date(all.startedAtMs).toISOString();
  const peak = Math.max(...summaries.map(({ peakPerSecond }) => peakPerSecond));
  return `**${unique(({ scenario }) => scenario)}** on ${unique(({ target }) => target)}, ${at}: up to ${whole(peak)} requests/s for ${whole(all.seconds)} s from ${summaries.length} of ${Math.max(...summaries.map(({ runners }) => runners))} runners (${unique(({ tool }) => tool)}). **${all.ok ? 'All thresholds kept' : 'Not passed'}.**`;
}

function runnerRow(summary: LoadSummary): readonly string[] {
  const { p50, p99, p999, max } = summary.latencyMs;
  const broken = summary.thresholds.filter(({ ok }) => !ok).map(({ metric, condition }) => `${metric} ${condition}`);
  return [
    `${summary.runner + 1} (${summary.tool})`,
    ...counts(summary.requests, summary.seconds),
    ...[p50, p99, p999, max].map((value) => (value === null ? '–' : value.toFixed(1))),
    broken.length === 0 ? 'kept' : `**broken**: ${broken.join('; ')}`,
  ];
}

function overallRow({ requests, seconds, latency, ok }: Overall): readonly string[] {
  const ms = (share: number) => {
    return latency === undefined || latency.count === 0 ? '–' : (latency.quantile(share) / 1000).toFixed(1);
  };
  return ['all', ...counts(requests, seconds), ms(0.5), ms(0.99), ms(0.999), ms(1), ok ? 'kept' : '**not all kept**'];
}

function counts({ answered, failed, dropped, wrongBodies }: RequestCounts, seconds: number): readonly string[] {
  const sent = answered + failed;
  return [whole(sent), whole(sent / seconds), whole(failed), whole(dropped), whole(wrongBodies)];
}

function notes(summaries: readonly LoadSummary[], all: Overall): readonly string[] {
  const some = (is: (summary: LoadSummary) => boolean) => summaries.some(is);
  return [
    ...(all.missing.length > 0 ? [`No summary of runner ${all.missing.join(', ')}: it did not come to its end.`] : []),
    ...(all.startSpreadMs > TOGETHER_MS
      ? [`Not released together: the last runner began ${(all.startSpreadMs / 1000).toFixed(1)} s after the first.`]
      : []),
    ...(some(({ interrupted }) => interrupted) ? ['A runner was ended by a signal before its time.'] : []),
    ...(some(({ tool }) => tool === 'node')
      ? [
          'Latencies (node) count from when a request was due, so waiting for a connection and connecting are part of them, and up to 1 ms of the timer.',
        ]
      : []),
    ...(some(({ tool }) => tool === 'k6')
      ? [
          'k6 tells percentiles of each runner only, which cannot be put together, and no course; its latencies count from when a request was sent.',
        ]
      : []),
  ];
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
