import { meanCostUs, type HitShares, type PathCosts } from './request-cost.js';

/** What a service is sized for; rates in requests a second. */
export interface Demand {
  readonly peakPerSecond: number;
  /** Factor for peaks within a minute, which a mean does not show. */
  readonly burst: number;
  /** Zones, of which one may be lost. */
  readonly zones: number;
  /** Requests a second that can arrive before new pods help, over what is usual then. */
  readonly arrivingPerSecond: number;
  readonly shares: HitShares;
}

/** What a pod has, and at which use the autoscaler holds it. */
export interface PodSize {
  /** Cores that one pod can keep busy. */
  readonly cores: number;
  readonly targetPercent: number;
}

/** What follows from a demand. */
export interface Sizing {
  readonly costUs: number;
  /** Requests a second of a pod at the target. */
  readonly perPod: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Commands a second for Redis at the peak: a GET for what memory has not, and a SET for what Redis has not. */
  readonly redisPerSecond: number;
  /** Queries a second of each pod at the peak, with all of maxReplicas. */
  readonly queriesPerPod: number;
}

/** Requests a second of a pod: R = U * 1e6 / c. */
export function requestsPerPod(costUs: number, { cores, targetPercent }: PodSize): number {
  return (cores * (targetPercent / 100) * 1e6) / costUs;
}

/**
 * Sizes for a demand: maxReplicas = ceil(ceil(peak * burst / R) * z / (z - 1)), minReplicas = ceil(arriving / R) and a pod
 * in each zone; Redis takes peak * (1 - h1) * (2 - h2) commands a second (none where it is not used), and a pod makes
 * peak * (1 - h1) * (1 - h2) / pods queries. Throws a RangeError for a demand that is none.
 */
export function sizingFor(demand: Demand, costs: PathCosts, pod: PodSize): Sizing {
  const { peakPerSecond, burst, zones, arrivingPerSecond, shares } = demand;
  if (!(peakPerSecond > 0) || !(burst >= 1) || !(arrivingPerSecond >= 0) || !Number.isInteger(zones) || zones < 1)
    throw new RangeError(`a demand has a peak above 0, a burst and zones from 1 on: ${JSON.stringify(demand)}`);
  const costUs = meanCostUs(costs, shares);
  const perPod = requestsPerPod(costUs, pod);
  const busy = Math.ceil((peakPerSecond * burst) / perPod);
  const minReplicas = Math.max(zones, Math.ceil(arrivingPerSecond / perPod));
  const maxReplicas = Math.max(minReplicas, zones === 1 ? busy : Math.ceil((busy * zones) / (zones - 1)));
  const missed = peakPerSecond * (1 - shares.memory);
  return {
    ...{ costUs, perPod, minReplicas, maxReplicas },
    redisPerSecond: shares.redis === 0 ? 0 : missed * (2 - shares.redis),
    queriesPerPod: (missed * (1 - shares.redis)) / maxReplicas,
  };
}
