import { Histogram } from '../generator/histogram.js';
import type { Interval, LoadSummary, RequestCounts } from '../summary.js';

/** Intervals of a run at the most: a summary goes through the log of a pod. */
const MOST_INTERVALS = 300;

/** Counts what comes back during a scenario, in all and by interval. */
export class ScenarioTally {
  readonly latency = new Histogram();
  readonly failures: Record<string, number> = {};
  readonly caches: Record<string, number> = {};
  private readonly intervals: OpenInterval[] = [];
  private readonly intervalMs: number;
  private wrongBodies = 0;

  /** `elapsedMs` tells the milliseconds since the scenario began. */
  constructor(
    seconds: number,
    private readonly elapsedMs: () => number,
  ) {
    this.intervalMs = Math.ceil(seconds / MOST_INTERVALS) * 1000;
  }

  /** An answer of an expected status. */
  answered(latencyMs: number, rightBody: boolean, cache: string | undefined): void {
    const us = latencyMs * 1000;
    this.latency.record(us);
    this.interval().latency.record(us);
    if (!rightBody) this.wrongBodies += 1;
    if (cache !== undefined) this.caches[cache] = (this.caches[cache] ?? 0) + 1;
  }

  failed(kind: string): void {
    this.interval().failed += 1;
    this.failures[kind] = (this.failures[kind] ?? 0) + 1;
  }

  dropped(): void {
    this.interval().dropped += 1;
  }

  get counts(): RequestCounts {
    const sum = (of: (interval: OpenInterval) => number) => this.intervals.reduce((all, one) => all + of(one), 0);
    return {
      answered: this.latency.count,
      failed: sum(({ failed }) => failed),
      dropped: sum(({ dropped }) => dropped),
      wrongBodies: this.wrongBodies,
    };
  }

  get series(): NonNullable<LoadSummary['series']> {
    const intervals = this.intervals.map(({ failed, dropped, latency }): Interval => ({
      ...{ answered: latency.count, failed, dropped },
      latency: latency.toJSON(),
    }));
    return { intervalMs: this.intervalMs, intervals };
  }

  private interval(): OpenInterval {
    const index = Math.max(0, Math.floor(this.elapsedMs() / this.intervalMs));
    while (this.intervals.length <= index) this.intervals.push({ failed: 0, dropped: 0, latency: new Histogram() });
    return this.intervals[index]!;
  }
}

interface OpenInterval {
  failed: number;
  dropped: number;
  readonly latency: Histogram;
}
