import { FILES_HOST, FILES_URL, HOST, MANIFEST_URL, MONITOR_LABELS, SETUP_NAMESPACE } from './names.js';
import type { ClusterSettings } from './settings.js';

/** Values of the chart. */
export type Values = Readonly<Record<string, unknown>>;

/** The installation that most is proven with: small pods, so that two cores see an autoscaler at work, and its patience shortened. */
export function provenValues(settings: ClusterSettings): Values {
  const { E2E_IMAGE, E2E_REDIS_IMAGE, E2E_INGRESS_PEER } = settings;
  return {
    image: imageOf(E2E_IMAGE),
    resources: smallPods(),
    redis: {
      mode: 'embedded',
      auth: { existingSecret: 'charts-redis' },
      embedded: { image: imageOf(E2E_REDIS_IMAGE), resources: { requests: { cpu: '50m', memory: '128Mi' } } },
    },
    ...ingressValues(settings, settings.E2E_INGRESS_ANNOTATIONS),
    networkPolicy: { clients: [JSON.parse(E2E_INGRESS_PEER) as unknown], ...networkOf(settings) },
    autoscaling: autoscaling(2, 4),
    dataset: {
      source: 'claim',
      claim: { name: 'charts-data', accessMode: 'ReadWriteMany', subPath: 'charts' },
      caSecret: 'files-ca',
      watchSeconds: 2,
      refresh: {
        ...{ enabled: true, suspend: true, urls: [FILES_URL], memoryLimit: '512MB', keep: 2 },
        resources: { requests: { cpu: '50m', memory: '768Mi' }, limits: { memory: '768Mi' } },
      },
    },
  };
}

/** The ingress, with annotations in JSON. */
export function ingressValues({ E2E_INGRESS_CLASS }: ClusterSettings, annotations: string): Values {
  return {
    ingress: { enabled: true, className: E2E_INGRESS_CLASS, hosts: [HOST], annotations: objectOf(annotations) },
  };
}

/** As many pods at the least and at the most, and an autoscaler that takes them away sooner than the chart's does. */
export function autoscaling(minReplicas: number, maxReplicas: number): object {
  const policies = [{ type: 'Percent', value: 100, periodSeconds: 15 }];
  return { minReplicas, maxReplicas, behavior: { scaleDown: { stabilizationWindowSeconds: 20, policies } } };
}

/** Nothing but the image, for it is not published; and where the cluster's name servers listen, if that is not at port 53. */
export function plainValues(settings: ClusterSettings): Values {
  const { dnsPorts } = networkOf(settings);
  return { image: imageOf(settings.E2E_IMAGE), ...(dnsPorts !== undefined && { networkPolicy: { dnsPorts } }) };
}

/** What the others leave out: a dataset that is downloaded, a Redis elsewhere, and somebody who reads metrics. */
export function downloadValues(settings: ClusterSettings): Values {
  const { dnsPorts } = networkOf(settings);
  const setup = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': SETUP_NAMESPACE } } };
  return {
    image: imageOf(settings.E2E_IMAGE),
    resources: smallPods(),
    autoscaling: { enabled: false },
    replicaCount: 1,
    redis: { mode: 'external', addresses: [`${FILES_HOST}:6379`] },
    dataset: { source: 'download', download: { manifestUrls: [MANIFEST_URL] }, caSecret: 'files-ca' },
    networkPolicy: {
      ...{ https: [setup], redis: [setup] },
      metrics: [{ ...setup, podSelector: { matchLabels: MONITOR_LABELS } }],
      ...(dnsPorts !== undefined && { dnsPorts }),
    },
  };
}

/** An image's name as the chart takes it; it is in the cluster already. */
export function imageOf(name: string) {
  const colon = name.lastIndexOf(':');
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1), pullPolicy: 'IfNotPresent' };
}

function smallPods(): object {
  return { requests: { cpu: '150m', memory: '512Mi' }, limits: { memory: '512Mi' } };
}

function networkOf({ E2E_NETWORK_POLICY }: ClusterSettings): { readonly dnsPorts?: unknown } {
  return objectOf(E2E_NETWORK_POLICY);
}

function objectOf(json: string): object {
  return json === '' ? {} : (JSON.parse(json) as object);
}
