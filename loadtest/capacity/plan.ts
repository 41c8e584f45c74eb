import { autoscalerSpec, type AutoscalerSpec } from './autoscaler-spec.js';
import { ramp, spike, levels, wavering, type LoadProfile } from './load-profile.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { podResources } from './pod-resources.js';
import { promised, type Onset, type Promised } from './promise.js';
import type { HitShares, PathCosts } from './request-cost.js';
import type { PodModel } from './simulated-pod.js';
import { simulate, type Moment } from './simulation.js';
import { requestsPerPod, sizingFor, type Sizing } from './sizing.js';

/** Objects of the chart as plain data, rendered with values as for `helm --set`. */
export type RenderChart = (
  set: readonly string[],
) => Promise<{ readonly autoscaler: unknown; readonly deployment: unknown }>;

/** Peaks that are planned for, in requests a second. */
export const PEAKS: readonly number[] = [10_000, 100_000, 1_000_000];

/** Those of them for which bounds have to be set: more than the least number of pods, one in each zone, can take. */
export const SIZED_PEAKS: readonly number[] = PEAKS.slice(1);

/** Half of the answers from memory, four of five others from Redis: less than a day of real requests is likely to show. */
export const PLANNED_SHARES: HitShares = { memory: 0.5, redis: 0.8 };

/** Factor for peaks within a minute, and zones of which one may be lost. */
export const PLANNED = { burst: 1.2, zones: 3 } as const;

/** Shares of the peak that the least number of pods is made for, because they can arrive before new pods help. */
export const PREPARED_SHARES: readonly number[] = [0.1, 0.5, 0.9];

/** Times of a pod where nodes have room for it, and where a node has to be added first. */
export const PENDING_SECONDS = { room: [2, 20], newNode: [60, 150] } as const satisfies Record<
  string,
  [number, number]
>;

/** Load that comes at a share of the peak, goes to the peak, and back. */
export interface Shape {
  readonly name: string;
  readonly fromShare: number;
  readonly load: (peakPerSecond: number) => LoadProfile;
  readonly seconds: number;
}

const [BEGIN, HOLD, AFTER] = [120, 900, 1500];

/** What may come: at once, within two minutes and gone again, within ten minutes. */
export const SHAPES: readonly Shape[] = [
  {
    name: 'step from 10 % to the peak',
    fromShare: 0.1,
    load: (peak) =>
      levels([
        [0, peak * 0.1],
        [BEGIN, peak],
        [BEGIN + HOLD, peak * 0.1],
      ]),
    seconds: BEGIN + HOLD + AFTER,
  },
  {
    name: 'spike x 5 to the peak, 2 min',
    fromShare: 0.2,
    load: (peak) => spike(peak * 0.2, peak, BEGIN, 120),
    seconds: BEGIN + 120 + AFTER,
  },
  {
    name: 'ramp from 10 % to the peak, 10 min',
    fromShare: 0.1,
    load: (peak) => ramp(peak * 0.1, peak, BEGIN, 600),
    seconds: BEGIN + 600 + HOLD,
  },
];

/** A spike that stays until pods have come, however few there were. */
export const LONG_SPIKE: Shape = {
  name: 'spike x 5 to the peak, 10 min',
  fromShare: 0.2,
  load: (peak) => spike(peak * 0.2, peak, BEGIN, 600),
  seconds: BEGIN + 600 + AFTER,
};

/** A pod of the chart: one event loop, so one core, or less where a limit holds it. */
export function podModel(deployment: unknown, costs: PathCosts, changes: Partial<PodModel> = {}): PodModel {
  const { requestMilli, limitMilli = Infinity } = podResources(deployment, 'api');
  return {
    requestMilli,
    cores: Math.min(1, limitMilli / 1000),
    ...{ costs, shares: PLANNED_SHARES, warmUpRequests: 2000 },
    pendingSeconds: PENDING_SECONDS.room,
    startingSeconds: [5, 15],
    startingCores: 1,
    rebalanceSeconds: 0,
    ...changes,
  };
}

/** Sizes for a peak of which a share can arrive at once. */
export function plannedSizing(
  peakPerSecond: number,
  preparedShare: number,
  spec: AutoscalerSpec,
  pod: PodModel,
): Sizing {
  return sizingFor(
    { ...PLANNED, peakPerSecond, arrivingPerSecond: peakPerSecond * preparedShare, shares: pod.shares },
    pod.costs,
    { cores: pod.cores, targetPercent: cpuTarget(spec) },
  );
}

/** Percent of the CPU request that an autoscaler holds. Throws a RangeError when it does not look at that. */
export function cpuTarget({ metrics }: AutoscalerSpec): number {
  const cpu = metrics.find(({ source, target }) => source === 'cpu' && target.unit === 'percent');
  if (!cpu) throw new RangeError('the autoscaler has no target for the utilisation of CPU');
  return cpu.target.value;
}

/** A run that has been played, at the phase of autoscaler and load that took longest. */
export interface PlayedRun {
  /** As planned, with the bounds that the autoscaler really had. */
  readonly sizing: Sizing;
  readonly promised: () => Promised;
  readonly outcome: Outcome;
  readonly course: readonly Moment[];
  readonly changes: readonly number[];
}

/** What is played: a peak, the share of it that minReplicas is made for, a shape; and what is unlike the chart's defaults. */
export interface PlannedRun {
  readonly peakPerSecond: number;
  readonly preparedShare: number;
  readonly shape: Shape;
  /** The chart's own bounds instead of those that the peak asks for. */
  readonly ownBounds?: boolean;
  readonly set?: readonly string[];
  readonly pod?: Partial<PodModel>;
  /** Share by which the load swings all the time. */
  readonly swing?: number;
}

const PHASES = [0, 4, 8, 12];
const SWING = 0.05;

/** Renders the chart with the sizes of a plan, and plays it at several phases of the autoscaler against the load. */
export async function play(render: RenderChart, costs: PathCosts, plan: PlannedRun): Promise<PlayedRun> {
  const { spec, pod, sizing } = await prepared(render, costs, plan);
  const swing = plan.swing ?? SWING;
  const load = wavering(plan.shape.load(plan.peakPerSecond), swing);
  const usual = Math.ceil((plan.peakPerSecond * plan.shape.fromShare) / sizing.perPod);
  const initialReplicas = Math.max(spec.minReplicas, usual);
  const onset: Onset = {
    pods: initialReplicas,
    mostPerPod: (pod.cores * 1e6) / sizing.costUs,
    highestPerSecond: plan.peakPerSecond * (1 + swing),
    growth: (pod.cores * 1e5) / pod.requestMilli / cpuTarget(spec),
  };
  const runs = PHASES.map((phaseSeconds) => {
    const course = simulate({
      ...{ autoscaler: spec, pod, load, phaseSeconds, seconds: plan.shape.seconds },
      initialReplicas,
    });
    const outcome = outcomeOf(course, load.changes);
    return { sizing, promised: () => promised(onset, pod), course, changes: load.changes, outcome };
  });
  const time = ({ outcome }: PlayedRun) => outcome.reachedAfterSeconds ?? Infinity;
  return runs.reduce((worst, run) => (time(run) > time(worst) ? run : worst));
}

/** Autoscaler and pod as the chart renders them with the sizes of a plan. */
async function prepared(render: RenderChart, costs: PathCosts, plan: PlannedRun) {
  const defaults = await render([]);
  const mix = plan.pod?.shares ? { shares: plan.pod.shares } : {};
  const planned = plannedSizing(
    ...([plan.peakPerSecond, plan.preparedShare, autoscalerSpec(defaults.autoscaler)] as const),
    podModel(defaults.deployment, costs, mix),
  );
  const bounds = plan.ownBounds
    ? []
    : [`autoscaling.minReplicas=${planned.minReplicas}`, `autoscaling.maxReplicas=${planned.maxReplicas}`];
  const { autoscaler, deployment } = await render([...bounds, ...(plan.set ?? [])]);
  const spec = autoscalerSpec(autoscaler);
  const sizing: Sizing = { ...planned, minReplicas: spec.minReplicas, maxReplicas: spec.maxReplicas };
  return { spec, sizing, pod: podModel(deployment, costs, plan.pod) };
}

/** Requests a second of one pod at the target of an autoscaler, for a mix. */
export function perPodFor(costUs: number, spec: AutoscalerSpec, { cores }: PodModel): number {
  return requestsPerPod(costUs, { cores, targetPercent: cpuTarget(spec) });
}
