import type { ScalingPolicy, ScalingRules } from './autoscaler-spec.js';

/** A number of pods at a time: recommended, added or removed. */
export interface Noted {
  readonly atSeconds: number;
  readonly replicas: number;
}

/** What the controller remembers: what it would have wanted, and what it did. */
export interface ScalingHistory {
  readonly recommended: readonly Noted[];
  readonly added: readonly Noted[];
  readonly removed: readonly Noted[];
}

/** A wish, and the rules and memory that it is held against. */
export interface ScalingWish {
  readonly nowSeconds: number;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
  readonly history: ScalingHistory;
}

/**
 * The wish after the stabilisation windows: no more than the least that was wanted within the window of scaling up, and no
 * fewer than the most that was wanted within the window of scaling down.
 */
export function stabilized({
  nowSeconds,
  currentReplicas,
  desiredReplicas,
  scaleUp,
  scaleDown,
  history,
}: ScalingWish): number {
  const wantedWithin = (seconds: number) =>
    history.recommended.filter(({ atSeconds }) => atSeconds > nowSeconds - seconds).map(({ replicas }) => replicas);
  const floor = Math.min(desiredReplicas, ...wantedWithin(scaleUp.stabilizationWindowSeconds));
  const ceiling = Math.max(desiredReplicas, ...wantedWithin(scaleDown.stabilizationWindowSeconds));
  return Math.min(Math.max(currentReplicas, floor), ceiling);
}

/** The wish held to what the policies allow within their periods, and to the least and the greatest number of pods. */
export function rateLimited(wish: ScalingWish, minReplicas: number, maxReplicas: number): number {
  const { currentReplicas, desiredReplicas } = wish;
  if (desiredReplicas > currentReplicas)
    return Math.min(desiredReplicas, maxReplicas, Math.max(currentReplicas, mostAllowed(wish)));
  if (desiredReplicas < currentReplicas)
    return Math.max(desiredReplicas, minReplicas, Math.min(currentReplicas, fewestAllowed(wish)));
  return desiredReplicas;
}

function mostAllowed(wish: ScalingWish): number {
  const { selectPolicy, policies } = wish.scaleUp;
  if (selectPolicy === 'Disabled') return wish.currentReplicas;
  const limits = policies.map((policy) => {
    const start = replicasAtStart(wish, policy);
    return policy.type === 'Pods' ? start + policy.value : Math.ceil(start * (1 + policy.value / 100));
  });
  return selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

function fewestAllowed(wish: ScalingWish): number {
  const { selectPolicy, policies } = wish.scaleDown;
  if (selectPolicy === 'Disabled') return wish.currentReplicas;
  const limits = policies.map((policy) => {
    const start = replicasAtStart(wish, policy);
    return policy.type === 'Pods' ? start - policy.value : Math.trunc(start * (1 - policy.value / 100));
  });
  return selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
}

function replicasAtStart(
  { nowSeconds, currentReplicas, history }: ScalingWish,
  { periodSeconds }: ScalingPolicy,
): number {
  const within = (changes: readonly Noted[]) =>
    changes
      .filter(({ atSeconds }) => atSeconds > nowSeconds - periodSeconds)
      .reduce((sum, { replicas }) => sum + replicas, 0);
  return currentReplicas - within(history.added) + within(history.removed);
}
