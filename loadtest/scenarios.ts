import type { ThresholdsByMetric } from './thresholds.js';

/** A stretch of a scenario in which the rate goes evenly from the one before to a share of the peak; at once when it lasts 0 s. */
export interface Stage {
  readonly seconds: number;
  readonly toShare: number;
}

/** Load whose rate is given, whatever the answers do (open model), and what it must come to. */
export interface Scenario {
  /** Requests a second of all runners together where the shares are 1. */
  readonly peakPerSecond: number;
  /** Share of the peak at which the first stage begins. */
  readonly fromShare: number;
  readonly stages: readonly Stage[];
  /** Connections of each runner. */
  readonly connections: number;
  readonly thresholds: ThresholdsByMetric;
}

const stage = (seconds: number, toShare = 1): Stage => ({ seconds, toShare });

/** No request may fail and every answer must be right; the rest is latency. */
function faultless(p99Ms: number): ThresholdsByMetric {
  return {
    http_req_failed: ['rate<=0'],
    checks: ['rate>=1'],
    dropped_iterations: ['count<=0'],
    http_req_duration: [`p(99)<${p99Ms}`],
  };
}

/** The scenarios by name; rate, duration, connections and thresholds can be set otherwise for a run. */
export const SCENARIOS = {
  /** Does everything answer as it should? */
  smoke: { peakPerSecond: 20, fromShare: 1, stages: [stage(15)], connections: 4, thresholds: faultless(500) },
  /** Up in steps to a load that makes an autoscaler act, and down again. */
  ramp: {
    ...{ peakPerSecond: 4000, fromShare: 0.05, connections: 64, thresholds: faultless(500) },
    stages: [stage(120), stage(120), stage(60, 0.05)],
  },
  /** Ten thousand requests a second from the first second on. */
  '10k': { peakPerSecond: 10_000, fromShare: 1, stages: [stage(180)], connections: 128, thresholds: faultless(250) },
  /** Ten times the load from one second to the next, and back. While pods are added, requests may be slow but not lost. */
  spike: {
    ...{ peakPerSecond: 10_000, fromShare: 0.1, connections: 256, thresholds: faultless(2000) },
    stages: [stage(30, 0.1), stage(0), stage(90), stage(0, 0.1), stage(60, 0.1)],
  },
  /** Half an hour of steady load; what leaks or piles up shows. */
  soak: {
    ...{ peakPerSecond: 2000, fromShare: 1, stages: [stage(1800)], connections: 64 },
    thresholds: { ...faultless(250), http_req_failed: ['rate<0.00001'], checks: ['rate>0.99999'] },
  },
} as const satisfies Record<string, Scenario>;

/** Name of a scenario. */
export type ScenarioName = keyof typeof SCENARIOS;

/** Seconds from the first to the last request. */
export function secondsOf(stages: readonly Stage[]): number {
  return stages.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** The stages stretched or shortened alike so that they last so many seconds together. */
export function stretched(stages: readonly Stage[], seconds: number): readonly Stage[] {
  const factor = seconds / secondsOf(stages);
  return stages.map((one) => ({ ...one, seconds: one.seconds * factor }));
}

/** Whether the rate is the same from the first to the last second. */
export function isConstant({ fromShare, stages }: Pick<Scenario, 'fromShare' | 'stages'>): boolean {
  return stages.every(({ toShare }) => toShare === fromShare);
}
