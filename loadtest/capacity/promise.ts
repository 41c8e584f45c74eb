import { RHYTHM, type Rhythm } from './simulation.js';
import type { PodModel } from './simulated-pod.js';

/** What the formula of docs/capacity.md promises of a run, whatever the autoscaler's phase. */
export interface Promised {
  /** Seconds within which there are enough pods, if the load lasts that long; 0 when those that run are enough. */
  readonly withinSeconds: number;
  /** Share of the requests that is not served at most, when no further pod helps. */
  readonly unservedShare: number;
}

/** What runs when the load comes, and the load. */
export interface Onset {
  readonly pods: number;
  /** Requests a second that a pod can answer when it does nothing else. */
  readonly mostPerPod: number;
  /** Requests a second, swing included. */
  readonly highestPerSecond: number;
  /** Use that a saturated pod shows, over the one that the autoscaler holds. */
  readonly growth: number;
}

/**
 * Seconds from one look that asks for pods to the next that sees what they do, at most: a mean that begins before they were there
 * has to pass, to be scraped and told, the autoscaler to look; then pods are scheduled and start.
 */
export function roundSeconds(pod: PodModel, rhythm: Rhythm = RHYTHM): number {
  const { windowSeconds, scrapeSeconds, delaySeconds, syncSeconds } = rhythm;
  return windowSeconds + scrapeSeconds + delaySeconds + syncSeconds + pod.pendingSeconds[1] + pod.startingSeconds[1];
}

/**
 * What is promised: saturated pods show all their use, so each round multiplies them by it over the target; rounds are
 * ceil(ln(needed / running) / ln(growth)). Throws a RangeError when a saturated pod shows no more than the target, for then none comes.
 */
export function promised({ pods, mostPerPod, highestPerSecond, growth }: Onset, pod: PodModel): Promised {
  const lack = highestPerSecond / (pods * mostPerPod);
  if (lack <= 1) return { withinSeconds: 0, unservedShare: 0 };
  if (!(growth > 1)) throw new RangeError(`saturated pods ask for ${growth} times their number: none is ever added`);
  const rounds = Math.ceil(Math.log(lack) / Math.log(growth));
  return { withinSeconds: rounds * roundSeconds(pod), unservedShare: 1 - 1 / lack };
}
