import { z } from 'zod';
import type { KubernetesObject } from './objects.js';

const texts = z.record(z.string(), z.string());
const duration = z.string().regex(/^\d+(?:ms|s|m|h)$/);
const selector = z.strictObject({ matchLabels: texts });
const endpoint = z.strictObject({ port: z.string(), path: z.string().startsWith('/'), interval: duration });
const scalingPolicy = z.strictObject({
  type: z.enum(['Percent', 'Pods']),
  value: z.int().positive(),
  periodSeconds: z.int().min(1).max(1800),
});
const scalingRules = z.strictObject({
  stabilizationWindowSeconds: z.int().min(0).max(3600).optional(),
  selectPolicy: z.enum(['Max', 'Min', 'Disabled']).optional(),
  policies: z.array(scalingPolicy),
});

/**
 * The fields of the custom resources that the chart uses, as their projects document them: Prometheus operator 0.50 and later,
 * KEDA 2.17 and later, Gateway API 1.0 and later, cert-manager 1.0 and later; and of those of the examples, Google's Managed Prometheus. Fields that are not listed are refused.
 */
const SPECS: Readonly<Record<string, z.ZodType>> = {
  'monitoring.coreos.com/v1 ServiceMonitor': z.strictObject({ selector, endpoints: z.array(endpoint).min(1) }),
  'monitoring.coreos.com/v1 PodMonitor': z.strictObject({ selector, podMetricsEndpoints: z.array(endpoint).min(1) }),
  'monitoring.coreos.com/v1 PrometheusRule': z.strictObject({
    groups: z.array(
      z.strictObject({
        name: z.string(),
        rules: z.array(
          z.strictObject({
            alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
            expr: z.string().min(1),
            for: duration,
            labels: texts,
            annotations: texts,
          }),
        ),
      }),
    ),
  }),
  'monitoring.googleapis.com/v1 PodMonitoring': z.strictObject({ selector, endpoints: z.array(endpoint).min(1) }),
  'keda.sh/v1alpha1 ScaledObject': z.strictObject({
    scaleTargetRef: z.strictObject({ apiVersion: z.string(), kind: z.string(), name: z.string() }),
    pollingInterval: z.int(),
    minReplicaCount: z.int(),
    maxReplicaCount: z.int(),
    fallback: z.strictObject({
      failureThreshold: z.int(),
      replicas: z.int(),
      behavior: z.enum(['static', 'currentReplicas', 'currentReplicasIfHigher', 'currentReplicasIfLower']),
    }),
    advanced: z.strictObject({
      horizontalPodAutoscalerConfig: z.strictObject({
        name: z.string(),
        behavior: z.strictObject({ scaleUp: scalingRules, scaleDown: scalingRules }),
      }),
    }),
    triggers: z.array(
      z.discriminatedUnion('type', [
        z.strictObject({
          type: z.literal('prometheus'),
          metricType: z.literal('AverageValue'),
          metadata: z.strictObject({ serverAddress: z.url(), query: z.string(), threshold: z.string().regex(/^\d+$/) }),
        }),
        z.strictObject({
          type: z.literal('cpu'),
          metricType: z.literal('Utilization'),
          metadata: z.strictObject({ containerName: z.string(), value: z.string().regex(/^\d+$/) }),
        }),
      ]),
    ),
  }),
  'gateway.networking.k8s.io/v1 HTTPRoute': z.strictObject({
    parentRefs: z.array(
      z.strictObject({ name: z.string(), namespace: z.string().optional(), sectionName: z.string().optional() }),
    ),
    hostnames: z.array(z.string()).optional(),
    rules: z.array(
      z.strictObject({
        matches: z.array(
          z.strictObject({
            path: z.strictObject({ type: z.literal('PathPrefix'), value: z.string().startsWith('/') }),
          }),
        ),
        backendRefs: z.array(z.strictObject({ name: z.string(), port: z.int() })),
      }),
    ),
  }),
  'cert-manager.io/v1 Certificate': z.strictObject({
    secretName: z.string(),
    dnsNames: z.array(z.string()).min(1),
    issuerRef: z.strictObject({ name: z.string(), kind: z.string().optional(), group: z.string().optional() }),
  }),
};

/** Kinds of custom resources that are checked. */
export const CUSTOM_KINDS: readonly string[] = Object.keys(SPECS).map((name) => name.replace(/^.* /, ''));

/** What is wrong with the spec of a custom resource, a sentence each; a kind that is not known is a fault. */
export function customFaults({ apiVersion, kind, spec }: KubernetesObject): readonly string[] {
  const schema = SPECS[`${apiVersion} ${kind}`];
  if (!schema) return [`${apiVersion} ${kind} is no kind that is known`];
  return schema.safeParse(spec).error?.issues.map(({ path, message }) => `/spec/${path.join('/')} ${message}`) ?? [];
}
