import { z } from 'zod';

/** One of the numbers that an autoscaler holds at a target. */
export interface MetricTarget {
  /** The kubelet's CPU of the pods, or a metric that the pods tell of themselves. */
  readonly source: 'cpu' | 'pods';
  /** `cpu`, or the name of the pods' metric. */
  readonly name: string;
  /** Mean over the pods: percent of the CPU request, or thousandths (of a core, or of the metric's unit). */
  readonly target: { readonly unit: 'percent' | 'milli'; readonly value: number };
}

/** How much may change within a period that ends now. */
export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

/** What bounds one direction. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
  /** Share by which the mean may differ from its target without any change in this direction. */
  readonly tolerance: number;
}

/** What an autoscaler is told, with the defaults of Kubernetes where it is told nothing. */
export interface AutoscalerSpec {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics: readonly MetricTarget[];
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

const SUFFIXES: Readonly<Record<string, number>> = { m: 1, '': 1000, k: 1e6, M: 1e9, Ki: 1024e3, Mi: 1024 ** 2 * 1000 };

/** Thousandths of a quantity of Kubernetes (`700m`, `2500`, `2.5k`), rounded up as there. Throws a RangeError for others. */
export function milliOf(quantity: string | number): number {
  const [, digits, suffix = ''] = /^(\d+(?:\.\d+)?)(m|k|M|Ki|Mi)?$/.exec(String(quantity)) ?? [];
  const factor = SUFFIXES[suffix];
  if (digits === undefined || factor === undefined)
    throw new RangeError(`${JSON.stringify(quantity)} is no quantity such as 700m, 2500 or 2k`);
  return Math.ceil(Number((Number(digits) * factor).toPrecision(12)));
}

const quantity = z.union([z.string(), z.number()]).transform(milliOf);
const target = z.looseObject({
  averageUtilization: z.int().positive().optional(),
  averageValue: quantity.optional(),
});
const metric = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('Resource'), resource: z.looseObject({ name: z.literal('cpu'), target }) }),
  z.looseObject({
    type: z.literal('ContainerResource'),
    containerResource: z.looseObject({ name: z.literal('cpu'), container: z.string(), target }),
  }),
  z.looseObject({
    type: z.literal('Pods'),
    pods: z.looseObject({ metric: z.looseObject({ name: z.string() }), target }),
  }),
]);
const rules = z.looseObject({
  stabilizationWindowSeconds: z.int().min(0).max(3600).optional(),
  selectPolicy: z.enum(['Max', 'Min', 'Disabled']).default('Max'),
  policies: z
    .array(
      z.looseObject({
        type: z.enum(['Pods', 'Percent']),
        value: z.int().positive(),
        periodSeconds: z.int().positive().max(1800),
      }),
    )
    .optional(),
  tolerance: quantity.optional(),
});
const autoscaler = z.looseObject({
  apiVersion: z.literal('autoscaling/v2'),
  kind: z.literal('HorizontalPodAutoscaler'),
  spec: z.looseObject({
    minReplicas: z.int().positive().default(1),
    maxReplicas: z.int().positive(),
    metrics: z.array(metric).optional(),
    behavior: z.looseObject({ scaleUp: rules.optional(), scaleDown: rules.optional() }).optional(),
  }),
});

/** Defaults of the API and of the flags of kube-controller-manager, by https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/ */
const TOLERANCE = 0.1;
const UP: ScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Percent', value: 100, periodSeconds: 15 },
    { type: 'Pods', value: 4, periodSeconds: 15 },
  ],
  tolerance: TOLERANCE,
};
const DOWN: ScalingRules = {
  stabilizationWindowSeconds: 300,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  tolerance: TOLERANCE,
};
const CPU_OF_80_PERCENT: MetricTarget = { source: 'cpu', name: 'cpu', target: { unit: 'percent', value: 80 } };

/**
 * Reads a HorizontalPodAutoscaler (autoscaling/v2, as plain data) on CPU and on metrics of the pods. Throws a ZodError that
 * names what is wrong or of a kind that is not simulated, and a RangeError for a metric without target.
 */
export function autoscalerSpec(object: unknown): AutoscalerSpec {
  const { minReplicas, maxReplicas, metrics, behavior } = autoscaler.parse(object).spec;
  return {
    minReplicas,
    maxReplicas,
    metrics: metrics === undefined || metrics.length === 0 ? [CPU_OF_80_PERCENT] : metrics.map(metricTarget),
    scaleUp: withDefaults(behavior?.scaleUp, UP),
    scaleDown: withDefaults(behavior?.scaleDown, DOWN),
  };
}

function metricTarget(one: z.infer<typeof metric>): MetricTarget {
  if (one.type === 'Pods')
    return { source: 'pods', name: one.pods.metric.name, target: targetOf(one.pods.target, one.type) };
  const cpu = one.type === 'Resource' ? one.resource : one.containerResource;
  return { source: 'cpu', name: 'cpu', target: targetOf(cpu.target, one.type) };
}

function targetOf(of: z.infer<typeof target>, type: string): MetricTarget['target'] {
  if (of.averageValue !== undefined) return { unit: 'milli', value: of.averageValue };
  if (of.averageUtilization !== undefined && type !== 'Pods') return { unit: 'percent', value: of.averageUtilization };
  throw new RangeError(
    `a metric of type ${type} needs target.averageValue${type === 'Pods' ? '' : ' or averageUtilization'}`,
  );
}

function withDefaults(given: z.infer<typeof rules> | undefined, defaults: ScalingRules): ScalingRules {
  if (given === undefined) return defaults;
  return {
    stabilizationWindowSeconds: given.stabilizationWindowSeconds ?? defaults.stabilizationWindowSeconds,
    selectPolicy: given.selectPolicy,
    policies: given.policies ?? defaults.policies,
    tolerance: given.tolerance === undefined ? TOLERANCE : given.tolerance / 1000,
  };
}
