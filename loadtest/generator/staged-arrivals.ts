import type { Stage } from '../scenarios.js';
import type { ArrivalTimes } from './open-model.js';

/** Load of all runners together, and which of them this is. */
export interface StagedLoad {
  readonly peakPerSecond: number;
  readonly fromShare: number;
  readonly stages: readonly Stage[];
  readonly runner: number;
  readonly runners: number;
}

/** A stretch with the requests, counted as a quantity that grows evenly in time, that came before it. */
interface Stretch {
  readonly startSeconds: number;
  readonly seconds: number;
  readonly fromRate: number;
  readonly toRate: number;
  readonly before: number;
}

/**
 * When the requests of one runner are due under a rate that changes in stages. All runners share one timetable and take
 * its requests in turn, so that together they are spaced as one would space them. Throws a RangeError for a load without
 * a request.
 */
export class StagedArrivals implements ArrivalTimes {
  readonly total: number;
  private readonly stretches: readonly Stretch[];
  private readonly ofAll: number;
  /** Stretch in which the last answer was found: times are asked for in their order. */
  private at = 0;

  constructor(private readonly load: StagedLoad) {
    let [startSeconds, before, fromRate] = [0, 0, load.fromShare * load.peakPerSecond];
    this.stretches = load.stages.map(({ seconds, toShare }) => {
      const stretch = { startSeconds, seconds, fromRate, toRate: toShare * load.peakPerSecond, before };
      startSeconds += seconds;
      before += ((fromRate + stretch.toRate) / 2) * seconds;
      fromRate = stretch.toRate;
      return stretch;
    });
    // The sum of a rate that is no whole number falls just short of what it comes to.
    this.ofAll = Math.floor(before + 1e-6);
    this.total = Math.max(0, Math.ceil((this.ofAll - load.runner) / load.runners));
    if (this.ofAll < 1)
      throw new RangeError(`a load of ${before.toFixed(3)} requests has none, needs a rate or time above`);
  }

  dueAtMs(index: number): number {
    const wanted = this.load.runner + index * this.load.runners;
    while (this.at > 0 && this.stretches[this.at]!.before > wanted) this.at--;
    while (this.at + 1 < this.stretches.length && this.stretches[this.at + 1]!.before <= wanted) this.at++;
    const { startSeconds, seconds, fromRate, toRate, before } = this.stretches[this.at]!;
    const count = wanted - before;
    if (count <= 0) return startSeconds * 1000;
    const slope = (toRate - fromRate) / (seconds || 1);
    // Solved for the time in the form that stays exact where the slope is next to nothing.
    const root = Math.sqrt(Math.max(0, fromRate ** 2 + 2 * slope * count));
    return (startSeconds + Math.min(seconds, (2 * count) / (fromRate + root))) * 1000;
  }

  dueBy(elapsedMs: number): number {
    let [low, high] = [0, this.total];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.dueAtMs(middle) <= elapsedMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
