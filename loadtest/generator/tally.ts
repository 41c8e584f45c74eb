import { Histogram } from './histogram.js';
import type { LoadPlan, LoadResult, Overload, OverloadResult } from './plan.js';
import { headerOf } from './response-reader.js';

/** Counts what comes back during a run. */
export class Tally {
  private readonly latency = new Histogram();
  private readonly serverTime = new Histogram();
  private readonly overload: OverloadTally | undefined;
  private readonly errors: Record<string, number> = {};
  private readonly caches: Record<string, number> = {};
  private readonly statuses: ReadonlySet<number>;
  private readonly observe: boolean;
  private requests = 0;
  private bodyBytes = 0;
  private errorCount = 0;

  constructor({ statuses, observe, overload }: LoadPlan) {
    this.statuses = new Set(statuses);
    this.overload = overload && new OverloadTally(overload);
    this.observe = observe;
  }

  /** An answer, so many milliseconds after its request was due, and after it was sent. */
  answered(status: number, head: string, bodyBytes: number, elapsedMs: number, sentMs: number): void {
    if (this.overload?.refused(status, head, sentMs)) return;
    if (!this.statuses.has(status)) {
      this.failed(`status ${status}`);
      return;
    }
    this.requests += 1;
    this.bodyBytes += bodyBytes;
    this.latency.record(elapsedMs * 1000);
    this.overload?.answered(sentMs);
    if (this.observe) this.look(head);
  }

  /** A request that got no answer. */
  failed(reason: string): void {
    this.errors[reason] = (this.errors[reason] ?? 0) + 1;
    this.errorCount += 1;
  }

  /** A request that was not sent: an error, unless that is to be expected. */
  notSent(reason: string): void {
    if (this.overload) this.overload.unsent += 1;
    else this.failed(reason);
  }

  get failures(): number {
    return this.errorCount;
  }

  result(seconds: number, cpuSeconds: number): LoadResult {
    const { requests, errors, bodyBytes, caches, overload } = this;
    return {
      seconds,
      requests,
      errors,
      bodyBytes,
      caches,
      latency: this.latency.toJSON(),
      serverTime: this.serverTime.toJSON(),
      ...(overload && { overload: overload.result() }),
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

/** Counts what comes back from a server that may refuse. */
class OverloadTally {
  /** Requests that found no connection. */
  unsent = 0;
  private readonly answeredUs = new Histogram();
  private readonly refusedUs = new Histogram();
  private readonly retryAfter: Record<string, number> = {};
  private readonly statuses: ReadonlySet<number>;

  constructor({ refusals }: Overload) {
    this.statuses = new Set(refusals);
  }

  answered(sentMs: number): void {
    this.answeredUs.record(sentMs * 1000);
  }

  /** Counts an answer if it is a refusal, and tells whether it is. */
  refused(status: number, head: string, sentMs: number): boolean {
    if (!this.statuses.has(status)) return false;
    this.refusedUs.record(sentMs * 1000);
    const after = headerOf(head, 'retry-after') ?? 'none';
    this.retryAfter[after] = (this.retryAfter[after] ?? 0) + 1;
    return true;
  }

  result(): OverloadResult {
    const { retryAfter, unsent } = this;
    return { answered: this.answeredUs.toJSON(), refused: this.refusedUs.toJSON(), retryAfter, unsent };
  }
}
