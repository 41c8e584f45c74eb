import type { Moment } from './simulation.js';

/** What became of a run. */
export interface Outcome {
  /**
   * Seconds from the first change of load until the ready pods could serve all that came, and from then on did until the next
   * change; 0 when they could at once, undefined when they never could.
   */
  readonly reachedAfterSeconds: number | undefined;
  /** Share of the requests that were not served: from the first change to the next, or for ten minutes. */
  readonly unservedShare: number;
  readonly mostReplicas: number;
  readonly lastReplicas: number;
  /** How often the number of pods went the other way than before. */
  readonly turns: number;
}

const COUNTED_SECONDS = 600;

/** Sums up a run whose load changes at these seconds. Throws a RangeError when it never changes within the run. */
export function outcomeOf(course: readonly Moment[], changes: readonly number[]): Outcome {
  const [first, next = Infinity] = changes;
  if (first === undefined || first >= course.length)
    throw new RangeError(`the load of a run of ${course.length} s is to change within it: ${changes.join(', ')}`);
  const after = course.filter(({ second }) => second >= first && second < next);
  const lastShort = after.findLast((moment) => moment.capacityPerSecond < moment.offeredPerSecond);
  const lacking = lastShort !== undefined && lastShort === after.at(-1);
  return {
    reachedAfterSeconds: lacking ? undefined : lastShort === undefined ? 0 : lastShort.second + 1 - first,
    unservedShare: unserved(after.filter(({ second }) => second < first + COUNTED_SECONDS)),
    mostReplicas: Math.max(...course.map(({ replicas }) => replicas)),
    lastReplicas: course.at(-1)?.replicas ?? 0,
    turns: turnsOf(course),
  };
}

function unserved(moments: readonly Moment[]): number {
  const sum = (of: (moment: Moment) => number) => moments.reduce((total, moment) => total + of(moment), 0);
  const offered = sum(({ offeredPerSecond }) => offeredPerSecond);
  const share = 1 - sum(({ servedPerSecond }) => servedPerSecond) / offered;
  // Sums of thousands of fractions: what is left at the tenth digit is rounding.
  return offered === 0 || share < 1e-9 ? 0 : share;
}

function turnsOf(course: readonly Moment[]): number {
  const directions = course
    .map(({ replicas }, i) => Math.sign(replicas - (course[i - 1]?.replicas ?? replicas)))
    .filter((direction) => direction !== 0);
  return directions.filter((direction, i) => i > 0 && direction !== directions[i - 1]).length;
}
