import type { MetricTarget } from './autoscaler-spec.js';

/** What the autoscaler sees of a pod; times are seconds of one clock. */
export interface ObservedPod {
  readonly name: string;
  readonly phase: 'Pending' | 'Running';
  /** When the kubelet took it; undefined before. */
  readonly startedAtSeconds?: number | undefined;
  readonly ready: boolean;
  /** When it last became ready, or ceased to be. */
  readonly readyChangedAtSeconds: number;
  /** CPU request in thousandths of a core. */
  readonly requestMilli: number;
}

/** What the metrics API tells of a pod. */
export interface PodSample {
  /** Mean over the window, in thousandths of a core or of the metric's unit. */
  readonly milli: number;
  /** End of the window. */
  readonly atSeconds: number;
  readonly windowSeconds: number;
}

/** Flags of kube-controller-manager that decide which samples of young pods count. */
export interface YoungPods {
  readonly cpuInitializationSeconds: number;
  readonly initialReadinessSeconds: number;
}

/** Defaults of kube-controller-manager: 5 minutes and 30 seconds. */
export const YOUNG_PODS: YoungPods = { cpuInitializationSeconds: 300, initialReadinessSeconds: 30 };

/** What one metric is asked: how many pods it would have. */
export interface ReplicaQuestion {
  readonly metric: MetricTarget;
  readonly currentReplicas: number;
  readonly pods: readonly ObservedPod[];
  readonly samples: ReadonlyMap<string, PodSample>;
  readonly tolerance: { readonly up: number; readonly down: number };
  readonly nowSeconds: number;
  readonly youngPods?: YoungPods;
}

/** No pod that counts has a sample: the metric says nothing, and the autoscaler leaves things as they are. */
export class NoMetricsError extends Error {
  override readonly name = 'NoMetricsError';
}

/**
 * Pods that hold the metric at its target, as the HorizontalPodAutoscaler (v2) counts them: the mean of the ready pods with
 * samples over the target, times their number, rounded up; unchanged within the tolerance. Pods that are not ready count as
 * idle when it grows and not at all when it shrinks; pods without a sample as idle when it grows and as busy when it shrinks;
 * and if that turns the direction round, nothing changes. Throws a NoMetricsError when no pod counts.
 */
export function desiredReplicas(question: ReplicaQuestion): number {
  const { metric, currentReplicas, tolerance } = question;
  const { measured, missing, unready } = groups(question);
  if (measured.length === 0) throw new NoMetricsError(`no ready pod has a sample of ${metric.name}`);
  const within = (ratio: number) => 1 - tolerance.down <= ratio && ratio <= 1 + tolerance.up;
  const ratio = usageRatio(measured, metric.target);
  const idle = ratio > 1 ? [...missing, ...unready].map((pod) => ({ pod, milli: 0 })) : [];
  const busy = ratio < 1 ? missing.map((pod) => ({ pod, milli: fullUse(pod, metric.target) })) : [];
  if (idle.length + busy.length === 0) return within(ratio) ? currentReplicas : Math.ceil(ratio * measured.length);

  const all = [...measured, ...idle, ...busy];
  const cautious = usageRatio(all, metric.target);
  if (within(cautious) || (ratio < 1 && cautious > 1) || (ratio > 1 && cautious < 1)) return currentReplicas;
  const count = Math.ceil(cautious * all.length);
  const turnedRound = cautious < 1 ? count > currentReplicas : count < currentReplicas;
  return turnedRound ? currentReplicas : count;
}

interface Measured {
  readonly pod: ObservedPod;
  readonly milli: number;
}

interface Groups {
  readonly measured: readonly Measured[];
  readonly missing: readonly ObservedPod[];
  readonly unready: readonly ObservedPod[];
}

function groups(question: ReplicaQuestion): Groups {
  const measured: Measured[] = [];
  const missing: ObservedPod[] = [];
  const unready: ObservedPod[] = [];
  for (const pod of question.pods) {
    const sample = question.samples.get(pod.name);
    if (pod.phase === 'Pending') unready.push(pod);
    else if (sample === undefined) missing.push(pod);
    else if (question.metric.source === 'cpu' && isTooYoung(pod, sample, question)) unready.push(pod);
    else measured.push({ pod, milli: sample.milli });
  }
  return { measured, missing, unready };
}

/** CPU spent on starting says nothing about the load, so only windows that lie wholly in the time of being ready count. */
function isTooYoung(
  pod: ObservedPod,
  sample: PodSample,
  { nowSeconds, youngPods = YOUNG_PODS }: ReplicaQuestion,
): boolean {
  if (pod.startedAtSeconds === undefined) return true;
  if (pod.startedAtSeconds + youngPods.cpuInitializationSeconds > nowSeconds)
    return !pod.ready || sample.atSeconds < pod.readyChangedAtSeconds + sample.windowSeconds;
  return !pod.ready && pod.startedAtSeconds + youngPods.initialReadinessSeconds > pod.readyChangedAtSeconds;
}

/** The controller computes in whole percent and whole thousandths; so does this, for the tolerance is decided by them. */
function usageRatio(all: readonly Measured[], target: MetricTarget['target']): number {
  const used = all.reduce((sum, { milli }) => sum + milli, 0);
  if (target.unit === 'milli') return Math.trunc(used / all.length) / target.value;
  const requested = all.reduce((sum, { pod }) => sum + pod.requestMilli, 0);
  if (requested === 0) throw new NoMetricsError('utilisation needs pods with a CPU request');
  return Math.trunc((used * 100) / requested) / target.value;
}

function fullUse(pod: ObservedPod, target: MetricTarget['target']): number {
  return target.unit === 'milli' ? target.value : Math.trunc((pod.requestMilli * Math.max(100, target.value)) / 100);
}
