import { Histogram } from '../generator/histogram.js';
import type { LoadSummary, RequestCounts } from '../summary.js';

/** What all runners did in a stretch of time. */
export interface Moment {
  /** From the first runner's start. */
  readonly second: number;
  readonly answeredPerSecond: number;
  readonly failedPerSecond: number;
  readonly droppedPerSecond: number;
  readonly latency: Histogram;
}

/** What the runners came to together. */
export interface Overall {
  readonly startedAtMs: number;
  /** Between the first and the last runner's start. */
  readonly startSpreadMs: number;
  readonly seconds: number;
  readonly requests: RequestCounts;
  readonly failures: Readonly<Record<string, number>>;
  /** Of all runners; undefined when one of them tells no histogram, for percentiles cannot be put together. */
  readonly latency: Histogram | undefined;
  /** Of the runners that tell their course; each stretch as long as the longest that one of them tells. */
  readonly course: readonly Moment[];
  /** Numbers, from 1, of runners whose summary is not there. */
  readonly missing: readonly number[];
  readonly ok: boolean;
}

/** Puts summaries together. Throws a RangeError when there are none. */
export function overall(summaries: readonly LoadSummary[]): Overall {
  if (summaries.length === 0) throw new RangeError('there is no summary, needs at least one');
  const starts = summaries.map(({ startedAtMs }) => startedAtMs);
  const startedAtMs = Math.min(...starts);
  const runners = Math.max(...summaries.map((one) => one.runners));
  const there = new Set(summaries.map(({ runner }) => runner));
  return {
    startedAtMs,
    startSpreadMs: Math.max(...starts) - startedAtMs,
    seconds: Math.max(...summaries.map(({ seconds }) => seconds)),
    requests: {
      answered: sum(summaries, ({ requests }) => requests.answered),
      failed: sum(summaries, ({ requests }) => requests.failed),
      dropped: sum(summaries, ({ requests }) => requests.dropped),
      wrongBodies: sum(summaries, ({ requests }) => requests.wrongBodies),
    },
    failures: failuresOf(summaries),
    latency: latencyOf(summaries),
    course: courseOf(summaries, startedAtMs),
    missing: Array.from({ length: runners }, (_, i) => i)
      .filter((i) => !there.has(i))
      .map((i) => i + 1),
    ok: summaries.every(({ ok }) => ok) && there.size === runners,
  };
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((all, value) => all + of(value), 0);
}

function failuresOf(summaries: readonly LoadSummary[]): Readonly<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const { failures } of summaries)
    for (const [kind, count] of Object.entries(failures)) all[kind] = (all[kind] ?? 0) + count;
  return all;
}

function latencyOf(summaries: readonly LoadSummary[]): Histogram | undefined {
  const all = new Histogram();
  for (const { latency } of summaries) {
    if (latency === undefined) return undefined;
    all.add(latency);
  }
  return all;
}

function courseOf(summaries: readonly LoadSummary[], startedAtMs: number): readonly Moment[] {
  const told = summaries.flatMap((one) => (one.series ? [{ ...one.series, startedAtMs: one.startedAtMs }] : []));
  const widthMs = Math.max(...told.map(({ intervalMs }) => intervalMs));
  const sums: { answered: number; failed: number; dropped: number; readonly latency: Histogram }[] = [];
  for (const { intervalMs, intervals, startedAtMs: ownMs } of told)
    for (const [i, interval] of intervals.entries()) {
      const index = Math.floor((ownMs - startedAtMs + i * intervalMs) / widthMs);
      while (sums.length <= index) sums.push({ answered: 0, failed: 0, dropped: 0, latency: new Histogram() });
      const into = sums[index]!;
      into.answered += interval.answered;
      into.failed += interval.failed;
      into.dropped += interval.dropped;
      into.latency.add(interval.latency);
    }
  const perSecond = (count: number) => (count * 1000) / widthMs;
  return sums.map(({ answered, failed, dropped, latency }, i) => ({
    ...{ second: (i * widthMs) / 1000, latency, answeredPerSecond: perSecond(answered) },
    ...{ failedPerSecond: perSecond(failed), droppedPerSecond: perSecond(dropped) },
  }));
}
