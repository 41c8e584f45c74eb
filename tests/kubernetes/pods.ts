import type { KubernetesObject } from './objects.js';

/** A container, as far as the tests look at it. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: unknown;
  }[];
  readonly resources?: {
    readonly limits?: Readonly<Record<string, string>>;
    readonly requests?: Readonly<Record<string, string>>;
  };
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
}

/** The spec of a pod, as far as the tests look at it. */
export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
}

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}

interface WithTemplate {
  readonly template?: Template;
  readonly jobTemplate?: { readonly spec: { readonly template: Template } };
}

/** Labels and spec of the pods that an object makes or is; undefined for objects without pods. */
export function podOf(object: KubernetesObject): Template | undefined {
  if (object.kind === 'Pod')
    return { metadata: { labels: object.metadata.labels ?? {} }, spec: object.spec as PodSpec };
  const spec = (object.spec ?? {}) as WithTemplate;
  return spec.template ?? spec.jobTemplate?.spec.template;
}

/** All containers of a pod, those that run before the others first. */
export function containersOf({ initContainers = [], containers }: PodSpec): readonly Container[] {
  return [...initContainers, ...containers];
}

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** What keeps a pod from the `restricted` Pod Security Standard, a sentence each; and, beyond it, a writable root. */
export function restrictedFaults(pod: PodSpec): readonly string[] {
  const context = pod.securityContext ?? {};
  const profile = (context['seccompProfile'] as { type?: string } | undefined)?.type;
  const volumes = (pod.volumes ?? []).flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name'));
  return [
    ...(['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((key) => pod[key]).map((key) => `has ${key}`),
    ...(context['runAsNonRoot'] === true && Number(context['runAsUser']) > 0 ? [] : ['may run as root']),
    ...(profile === 'RuntimeDefault' ? [] : ['has no seccompProfile RuntimeDefault']),
    ...volumes.filter((type) => !VOLUMES.includes(type)).map((type) => `has a volume of type ${type}`),
    ...containersOf(pod).flatMap((one) => containerFaults(one).map((fault) => `${one.name} ${fault}`)),
  ];
}

function containerFaults({ securityContext = {}, ports = [] }: Container): readonly string[] {
  const { add = [], drop = [] } = (securityContext['capabilities'] ?? {}) as { add?: string[]; drop?: string[] };
  return [
    ...(securityContext['privileged'] ? ['is privileged'] : []),
    ...(securityContext['allowPrivilegeEscalation'] === false ? [] : ['may escalate its privileges']),
    ...(drop.includes('ALL') && add.every((one) => one === 'NET_BIND_SERVICE') ? [] : ['keeps capabilities']),
    ...(securityContext['runAsUser'] === 0 || securityContext['runAsNonRoot'] === false ? ['runs as root'] : []),
    ...(securityContext['readOnlyRootFilesystem'] === true ? [] : ['may write to its root filesystem']),
    ...(ports.some(({ hostPort }) => hostPort) ? ['has a port of the host'] : []),
  ];
}
