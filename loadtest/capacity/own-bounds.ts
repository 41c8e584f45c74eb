import { autoscalerSpec } from './autoscaler-spec.js';
import {
  LONG_SPIKE,
  PLANNED,
  PLANNED_SHARES,
  SHAPES,
  perPodFor,
  podModel,
  type PlannedRun,
  type RenderChart,
} from './plan.js';
import { meanCostUs, type HitShares, type PathCosts } from './request-cost.js';

/** No answer is in memory and there is no Redis: the dearest that a mix can be. */
export const DEAREST_SHARES: HitShares = { memory: 0, redis: 0 };

/** A run with the bounds that the chart has by itself. */
export interface OwnBoundsRun extends PlannedRun {
  readonly name: string;
}

/** Requests a second that the chart's own bounds carry: R * floor(max * (z - 1) / z) / burst. */
export async function carriedPerSecond(render: RenderChart, costs: PathCosts, shares: HitShares): Promise<number> {
  const { autoscaler, deployment } = await render([]);
  const spec = autoscalerSpec(autoscaler);
  const pods = Math.floor((spec.maxReplicas * (PLANNED.zones - 1)) / PLANNED.zones);
  return (perPodFor(meanCostUs(costs, shares), spec, podModel(deployment, costs)) * pods) / PLANNED.burst;
}

/** The chart as it is, under a step and a spike: to 10,000, to 100,000, and a step to the most that it carries. */
export async function ownBoundsRuns(render: RenderChart, costs: PathCosts): Promise<readonly OwnBoundsRun[]> {
  const [step, spike] = [SHAPES[0]!, SHAPES[1]!];
  const own = { preparedShare: 0.1, ownBounds: true };
  const named = (runs: readonly PlannedRun[], note = '') =>
    runs.map((run) => ({ ...run, name: run.shape.name + note }));
  const both = (peakPerSecond: number, more: Partial<PlannedRun> = {}, long = spike) =>
    [step, long].map((shape) => ({ ...own, ...more, peakPerSecond, shape }));
  const dearest = { pod: { shares: DEAREST_SHARES } };
  const most = Math.floor((await carriedPerSecond(render, costs, PLANNED_SHARES)) / 1000) * 1000;
  return [
    ...named(both(10_000)),
    ...named(both(10_000, dearest), ', nothing known'),
    ...named(
      both(10_000, { ...dearest, set: ['autoscaling.minReplicas=1'] }, LONG_SPIKE),
      ', nothing known, from one pod',
    ),
    ...named(both(100_000, {}, LONG_SPIKE)),
    ...named([{ ...own, peakPerSecond: most, shape: step }]),
  ];
}
