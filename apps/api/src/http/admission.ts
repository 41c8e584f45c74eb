import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Dataset } from '../dataset/dataset.js';
import type { WorkClock } from '../dataset/work-clock.js';
import { ProblemError } from './problem.js';
import { WaitEstimate } from './wait-estimate.js';

/**
 * Answers that may be in the making whatever is estimated: so few are the questions of some clients that wait for each, not
 * a flood, and on a processor that is slow for a moment they would be refused for it.
 */
const ALWAYS = 128;
/**
 * The same, and the share of the limit, once that was reached: a queue that comes of a moment's standstill is let grow, but
 * where more comes than can be done it is as long as it may be, and its length does nothing but to have everything wait
 * (K. Nichols and V. Jacobson, Controlling Queue Delay, ACM Queue 10(5), 2012) and grow old in V8, which collects it then.
 */
const ALWAYS_IN_A_FLOOD = 64;
const SHARE_IN_A_FLOOD = 1 / 4;
/** Milliseconds after the first refusal from which that is so, as a standstill makes for some, and for which it is after the last. */
const FLOOD_AFTER_MS = 50;
const FLOOD_MS = 1000;
/** Milliseconds in which what was admitted gets from the shared cache, if there is one, to the dataset. */
const LOOK_UP_MS = 10;
const RETRY_AFTER_SECONDS = '1';

/** An answer was not begun, as it would have waited too long for those before it. */
export class ShedError extends Error {
  override readonly name = 'ShedError';
}

/** The problem that is answered instead of an answer that is not begun. */
export function shedProblem(): ProblemError {
  const cause = new ShedError('the answers that are being made already would keep it waiting too long');
  return new ProblemError('overloaded', { headers: { 'Retry-After': RETRY_AFTER_SECONDS }, cause });
}

/**
 * Whether one more answer is to be made. What is refused here costs a tenth of an answer; taken in, it would only make all
 * of them late. What is in memory is no matter of admission: to refuse it costs what it does to answer it.
 */
@Injectable()
export class Admission {
  private readonly limitMs: number;
  private readonly estimate: WaitEstimate;
  /** When the first and the last one were refused of those that were refused one soon after the other. */
  private readonly refused = { firstAt: -Infinity, lastAt: -Infinity };
  /** Questions that wait for an answer of their own, in the shared cache or in the making. */
  private asked = 0;
  private latest = { since: 0, count: 0, before: 0 };

  constructor(
    @Inject(CONFIG) { overload }: Config,
    @Inject(Dataset) { work }: { readonly work: Pick<WorkClock, 'ms'> },
  ) {
    this.limitMs = overload.shedWaitMs;
    this.estimate = new WaitEstimate(() => work.ms);
  }

  /** Whether there is no room for a question that nobody else has asked. */
  get isFull(): boolean {
    if (this.limitMs === 0) return false;
    const { inFlight } = this.estimate;
    // What has been waiting for the shared cache for longer is kept up by that, and is no queue of ours.
    const onTheirWay = Math.max(0, Math.min(this.asked - inFlight, this.askedLately()));
    const before = inFlight + onTheirWay;
    const [always, share] = this.isFlood ? [ALWAYS_IN_A_FLOOD, SHARE_IN_A_FLOOD] : [ALWAYS, 1];
    return before >= always && this.estimate.waitMs(before) > this.limitMs * share;
  }

  private get isFlood(): boolean {
    const now = performance.now();
    const { firstAt, lastAt } = this.refused;
    return now - lastAt <= FLOOD_MS && now - firstAt > FLOOD_AFTER_MS;
  }

  /** A question is refused as there is no room for it. */
  refuse(): void {
    const now = performance.now();
    if (now - this.refused.lastAt > FLOOD_MS) this.refused.firstAt = now;
    this.refused.lastAt = now;
  }

  /** A question that nobody else has asked is taken in. */
  begin(): void {
    this.asked++;
    this.askedLately();
    this.latest.count++;
  }

  /** A question that was taken in has its answer, or will not get one. */
  end(): void {
    this.asked--;
  }

  /** An answer is being made from the dataset. */
  loadBegins(): void {
    this.estimate.begin();
  }

  /** An answer has been made, or could not be. */
  loadEnds(): void {
    this.estimate.end();
  }

  /** Questions that were taken in during the last 10 to 20 ms. */
  private askedLately(): number {
    const now = performance.now();
    const ageMs = now - this.latest.since;
    if (ageMs > LOOK_UP_MS)
      this.latest = { since: now, count: 0, before: ageMs > 2 * LOOK_UP_MS ? 0 : this.latest.count };
    return this.latest.count + this.latest.before;
  }
}
