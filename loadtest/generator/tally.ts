import { Histogram } from './histogram.js';
import type { LoadPlan, LoadResult } from './plan.js';
import { headerOf } from './response-reader.js';

/** Counts what comes back during a run. */
export class Tally {
  private readonly latency = new Histogram();
  private readonly serverTime = new Histogram();
  private readonly errors: Record<string, number> = {};
  private readonly caches: Record<string, number> = {};
  private readonly statuses: ReadonlySet<number>;
  private readonly observe: boolean;
  private requests = 0;
  private bodyBytes = 0;
  private errorCount = 0;

  constructor({ statuses, observe }: LoadPlan) {
    this.statuses = new Set(statuses);
    this.observe = observe;
  }

  /** An answer, so many milliseconds after its request was due. */
  answered(status: number, head: string, bodyBytes: number, elapsedMs: number): void {
    if (!this.statuses.has(status)) {
      this.failed(`status ${status}`);
      return;
    }
    this.requests += 1;
    this.bodyBytes += bodyBytes;
    this.latency.record(elapsedMs * 1000);
    if (this.observe) this.look(head);
  }

  /** A request that got no answer. */
  failed(reason: string): void {
    this.errors[reason] = (this.errors[reason] ?? 0) + 1;
    this.errorCount += 1;
  }

  get failures(): number {
    return this.errorCount;
  }

  result(seconds: number, cpuSeconds: number): LoadResult {
    const { requests, errors, bodyBytes, caches } = this;
    return {
      seconds,
      requests,
      errors,
      bodyBytes,
      caches,
      latency: this.latency.toJSON(),
      serverTime: this.serverTime.toJSON(),
      cpuSeconds,
    };
  }

  private look(head: string): void {
    const cache = headerOf(head, 'x-cache');
    if (cache !== undefined) this.caches[cache] = (this.caches[cache] ?? 0) + 1;
    const totalMs = /\btotal;dur=([\d.]+)/.exec(headerOf(head, 'server-timing') ?? '')?.[1];
    if (totalMs !== undefined) this.serverTime.record(Number(totalMs) * 1000);
  }
}
