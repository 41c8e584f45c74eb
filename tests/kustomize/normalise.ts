import type { KubernetesObject } from '../kubernetes/objects.js';
import { podOf } from '../kubernetes/pods.js';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Labels that tell who applied an object; the version is that of the chart, while an overlay chooses its image by `images`. */
const LABELS = ['app.kubernetes.io/managed-by', 'app.kubernetes.io/version', 'helm.sh/chart'];

/** Label by which policies name pods, theirs and others'. */
const COMPONENT = 'app.kubernetes.io/component';

/** Alerts about objects that need not be there, with the kind and the end of the name of each. */
const ALERTS: Readonly<Record<string, readonly [kind: string, nameEnd: string]>> = {
  SpotifyChartsCacheUnreachable: ['Deployment', '-redis'],
  SpotifyChartsAtMaxReplicas: ['HorizontalPodAutoscaler', ''],
};

/**
 * Objects of Helm or kustomize by kind and name, without what differs and means the same:
 *
 * 1. Labels that only Helm sets.
 * 2. The namespace: Helm writes it into each object, into addresses and into summaries; kustomize leaves it to who applies.
 * 3. The digest in the name of the load Job, by which Helm makes another Job of a changed one.
 * 4. Newlines at the ends of files in ConfigMaps.
 * 5. The order of objects, fields, variables, peers, and of volumes and mounts. That of variables is shown by their values.
 * 6. Policies, peers and alerts about what is not among the objects: kustomize's components name what others may bring.
 */
export function normalise(objects: readonly KubernetesObject[]): Readonly<Record<string, unknown>> {
  const components = new Set(objects.flatMap((one) => podOf(one)?.metadata.labels[COMPONENT] ?? []));
  const effective = objects
    .filter((one) => one.kind !== 'NetworkPolicy' || components.has(one.metadata.labels![COMPONENT]!))
    .map((one) => (one.kind === 'NetworkPolicy' ? withoutAbsentPeers(one, components) : one))
    .map((one) => (one.kind === 'PrometheusRule' ? withoutAbsentAlerts(one, objects) : one))
    .map((one) => withoutOrigin(one));
  const named = effective.map((one) => [`${one.kind} ${one.metadata.name}`, ordered(one as unknown as Json)] as const);
  return Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function withoutOrigin({ metadata, ...rest }: KubernetesObject): KubernetesObject {
  const { name, namespace = '', labels = {}, ...others } = metadata;
  const kept = Object.entries(labels).filter(([label]) => !LABELS.includes(label));
  const bare = JSON.stringify({
    ...rest,
    metadata: { ...others, name: name.replace(/-load-[0-9a-f]{8}$/, '-load'), labels: Object.fromEntries(kept) },
  });
  const object = JSON.parse(
    namespace === '' ? bare : bare.replaceAll(`.${namespace}:`, ':').replaceAll(` in ${namespace} `, ' '),
  ) as KubernetesObject;
  if (!object.data) return object;
  const data = Object.entries(object.data).map(([file, text]) => [file, text.trimEnd()]);
  return { ...object, data: Object.fromEntries(data) as Record<string, string> };
}

interface Peer {
  readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
}

/** Lists of peers (`from` or `to`) and of ports. */
type Rule = Readonly<Record<string, readonly Peer[]>>;

interface Policy {
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

function withoutAbsentPeers(policy: KubernetesObject, components: ReadonlySet<string>): KubernetesObject {
  const present = ({ podSelector }: Peer) => {
    const component = podSelector?.matchLabels?.[COMPONENT];
    return component === undefined || components.has(component);
  };
  // A rule that loses its last peer goes with it: without peers it would be one for everybody.
  const effective = (rules: readonly Rule[]) =>
    rules
      .map((rule) =>
        Object.fromEntries(
          Object.entries(rule).map(([key, list]) => [key, key === 'ports' ? list : list.filter(present)]),
        ),
      )
      .filter((rule) => Object.values(rule).every((list) => list.length > 0));
  const { ingress, egress, ...spec } = policy.spec as Policy;
  return { ...policy, spec: { ...spec, ingress: effective(ingress), egress: effective(egress) } };
}

function withoutAbsentAlerts(rule: KubernetesObject, objects: readonly KubernetesObject[]): KubernetesObject {
  const { groups } = rule.spec as { groups: readonly { readonly rules: readonly { readonly alert: string }[] }[] };
  const about = ({ alert }: { readonly alert: string }) => {
    const subject = ALERTS[alert];
    return !subject || objects.some(({ kind, metadata }) => kind === subject[0] && metadata.name.endsWith(subject[1]));
  };
  return { ...rule, spec: { groups: groups.map((group) => ({ ...group, rules: group.rules.filter(about) })) } };
}

/** Lists in which the order says nothing. */
const UNORDERED = ['env', 'from', 'to', 'volumes', 'volumeMounts'];

function ordered(value: Json, key = ''): Json {
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map((item) => ordered(item));
    return UNORDERED.includes(key) ? items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, ordered(inner, name)]));
}
