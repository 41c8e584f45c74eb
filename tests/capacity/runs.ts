import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  LONG_SPIKE,
  PREPARED_SHARES,
  SHAPES,
  SIZED_PEAKS,
  play,
  type PlannedRun,
  type PlayedRun,
  type RenderChart,
  type Shape,
} from '../../loadtest/capacity/plan.js';
import { measuredCosts } from '../../loadtest/capacity/request-cost.js';
import { render } from '../helm/chart.js';
import { only } from '../kubernetes/objects.js';
import { ROOT } from '../setup/tree.js';

/** What docs/performance.json says of the cost of a request. */
export const measured = measuredCosts(JSON.parse(readFileSync(join(ROOT, 'docs/performance.json'), 'utf8')));
/** CPU time of a request by where its answer comes from. */
export const { costs } = measured;

const rendered = new Map<string, ReturnType<RenderChart>>();
/** The one place that knows where the HPA comes from: the chart, each set of values rendered once. */
export const chart: RenderChart = (set) => {
  const key = set.join(' ');
  const known =
    rendered.get(key) ??
    render({ set }).then((objects) => ({
      autoscaler: only(objects, 'HorizontalPodAutoscaler'),
      deployment: only(objects, 'Deployment'),
    }));
  rendered.set(key, known);
  return known;
};

/** The shapes by their names. */
export const [STEP, SPIKE, RAMP] = SHAPES as readonly [Shape, Shape, Shape];
const plansOf = (shapes: readonly Shape[], shares: readonly number[]) =>
  shapes.flatMap((shape) =>
    shares.flatMap((preparedShare) =>
      SIZED_PEAKS.map((peakPerSecond) => ({ peakPerSecond, preparedShare, shape, name: shape.name })),
    ),
  );
/** Two minutes are over before pods come where few run. */
export const TOO_SHORT = plansOf([SPIKE], [0.1]);
/** Runs that have enough pods in the end. */
export const LASTING = [
  ...plansOf([STEP, RAMP], PREPARED_SHARES),
  ...plansOf([SPIKE], [0.5, 0.9]),
  ...plansOf([LONG_SPIKE], [0.1]),
];
/** All of them. */
export const RUNS = [...LASTING, ...TOO_SHORT];

const played = new Map<string, Promise<PlayedRun>>();
/** Each plan is played once, whatever is asked of it. */
export const playOnce = (plan: PlannedRun): Promise<PlayedRun> => {
  const { shape, ...rest } = plan;
  const key = inspect([shape.name, { ...rest, name: '' }], { depth: 4, sorted: true });
  const run = played.get(key) ?? play(chart, costs, plan);
  played.set(key, run);
  return run;
};
