import { SHAPES, type PlannedRun, type Shape } from './plan.js';

/** A setting that goes wrong, and the same run with the chart's own. */
export interface Misjudgement {
  readonly name: string;
  readonly wrong: PlannedRun;
  readonly right: PlannedRun;
}

const STEP: Shape = SHAPES[0]!;
const base: PlannedRun = { peakPerSecond: 100_000, preparedShare: 0.5, shape: STEP };
/** Two minutes up and down by a third are an ordinary day, not a change to follow. */
const swinging: PlannedRun = { ...base, swing: 0.35 };

/** Settings that look harmless. */
export const MISJUDGEMENTS: readonly Misjudgement[] = [
  {
    name: 'a CPU limit below the target (`resources.limits.cpu=600m`)',
    wrong: { ...base, set: ['resources.limits.cpu=600m'] },
    right: base,
  },
  {
    name: 'a request that one event loop cannot use (`resources.requests.cpu=2`)',
    wrong: { ...base, set: ['resources.requests.cpu=2'] },
    right: base,
  },
  {
    name: 'no window for scaling in (`stabilizationWindowSeconds=0`), load that swings by a third',
    wrong: { ...swinging, set: ['autoscaling.behavior.scaleDown.stabilizationWindowSeconds=0'] },
    right: swinging,
  },
  {
    name: 'connections that stay on their pods',
    wrong: { ...base, pod: { rebalanceSeconds: Infinity } },
    right: base,
  },
  {
    name: 'a metric that no adapter delivers (`autoscaling.requestsPerSecond.enabled=true`)',
    wrong: { ...base, set: ['autoscaling.requestsPerSecond.enabled=true'] },
    right: base,
  },
];
