import type { AutoscalerSpec, MetricTarget } from './autoscaler-spec.js';
import { NoMetricsError, desiredReplicas, type ObservedPod, type PodSample, type YoungPods } from './replica-count.js';
import { rateLimited, stabilized, type Noted, type ScalingWish } from './scaling-rules.js';

/** What the controller finds when it looks. */
export interface Observation {
  readonly nowSeconds: number;
  /** Replicas that the Deployment is to have. */
  readonly currentReplicas: number;
  /** Pods that are not being deleted. */
  readonly pods: readonly ObservedPod[];
  /** Samples by the pod's name; of CPU, or of the pods' metric of this name. */
  readonly samples: (metric: MetricTarget) => ReadonlyMap<string, PodSample>;
}

/** Older notes than the longest window and period that Kubernetes takes are never read again. */
const REMEMBERED_SECONDS = 3600;

/**
 * The HorizontalPodAutoscaler (autoscaling/v2) as a function of what it sees, with its memory and no clock of its own: each
 * look gives the number of pods to have. Written from the documentation of Kubernetes ("Horizontal Pod Autoscaling", algorithm
 * details and scaling behavior), with roundings and the order of steps as in its controller.
 */
export class HorizontalAutoscaler {
  private recommended: Noted[] | undefined;
  private added: Noted[] = [];
  private removed: Noted[] = [];

  constructor(
    private readonly spec: AutoscalerSpec,
    private readonly youngPods?: YoungPods,
  ) {}

  /** Replicas to have from now on. Samples that are missing altogether leave things as they are. */
  reconcile(seen: Observation): number {
    const { nowSeconds, currentReplicas } = seen;
    const { minReplicas, maxReplicas } = this.spec;
    this.recommended ??= [{ atSeconds: nowSeconds, replicas: currentReplicas }];
    if (currentReplicas === 0) return 0;
    const replicas =
      currentReplicas > maxReplicas
        ? maxReplicas
        : currentReplicas < minReplicas
          ? minReplicas
          : this.bounded(seen, this.wanted(seen), this.recommended);
    this.note(nowSeconds, replicas - currentReplicas);
    return replicas;
  }

  /** The most that any metric wants; undefined when none says anything, or when one is silent and the others want fewer. */
  private wanted(seen: Observation): number | undefined {
    const { scaleUp, scaleDown, metrics } = this.spec;
    const wishes = metrics.flatMap((metric) => {
      try {
        return desiredReplicas({
          ...{ metric, samples: seen.samples(metric), pods: seen.pods, nowSeconds: seen.nowSeconds },
          currentReplicas: seen.currentReplicas,
          tolerance: { up: scaleUp.tolerance, down: scaleDown.tolerance },
          ...(this.youngPods ? { youngPods: this.youngPods } : {}),
        });
      } catch (error) {
        if (error instanceof NoMetricsError) return [];
        throw error;
      }
    });
    const most = Math.max(...wishes);
    return wishes.length === 0 || (wishes.length < metrics.length && most < seen.currentReplicas) ? undefined : most;
  }

  private bounded(seen: Observation, wanted: number | undefined, recommended: Noted[]): number {
    const { nowSeconds, currentReplicas } = seen;
    if (wanted === undefined) return currentReplicas;
    const { scaleUp, scaleDown, minReplicas, maxReplicas } = this.spec;
    const wish: ScalingWish = {
      ...{ nowSeconds, currentReplicas, desiredReplicas: wanted, scaleUp, scaleDown },
      history: { recommended, added: this.added, removed: this.removed },
    };
    const steady = stabilized(wish);
    this.recommended = [...recent(recommended, nowSeconds), { atSeconds: nowSeconds, replicas: wanted }];
    return rateLimited({ ...wish, desiredReplicas: steady }, minReplicas, maxReplicas);
  }

  private note(atSeconds: number, change: number): void {
    if (change > 0) this.added = [...recent(this.added, atSeconds), { atSeconds, replicas: change }];
    if (change < 0) this.removed = [...recent(this.removed, atSeconds), { atSeconds, replicas: -change }];
  }
}

function recent(notes: readonly Noted[], nowSeconds: number): readonly Noted[] {
  return notes.filter(({ atSeconds }) => atSeconds > nowSeconds - REMEMBERED_SECONDS);
}
