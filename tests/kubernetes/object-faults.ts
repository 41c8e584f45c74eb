import { customFaults } from './custom-resources.js';
import { isBuiltIn, schemaFaults } from './kubernetes-schema.js';
import type { KubernetesObject } from './objects.js';
import { containersOf, podOf, restrictedFaults } from './pods.js';

/** What is wrong with an object, a sentence each. */
export type Check = (object: KubernetesObject) => Promise<readonly string[]> | readonly string[];

/** Kind and name of an object, by which faults tell it. */
export function nameOf({ kind, metadata: { name } }: KubernetesObject): string {
  return `${kind} ${name}`;
}

/** Faults of all objects by a check, each with the object that has it. */
export async function faultsIn(objects: readonly KubernetesObject[], check: Check): Promise<readonly string[]> {
  const faults = await Promise.all(
    objects.map(async (one) => (await check(one)).map((fault) => `${nameOf(one)}: ${fault}`)),
  );
  return faults.flat();
}

/** Fields that are missing, of a wrong type, or unknown to the object's kind, whether it is Kubernetes' own or not. */
export const fieldFaults: Check = (object) => (isBuiltIn(object) ? schemaFaults(object) : customFaults(object));

/** What keeps the pods of an object out of a namespace that enforces the restricted Pod Security Standard. */
export const securityFaults: Check = (object) => {
  const pod = podOf(object);
  return pod ? restrictedFaults(pod.spec) : [];
};

/** Pods with a token of the cluster, and containers whose memory is not bounded to what they request. */
export const boundFaults: Check = (object) => {
  const spec = podOf(object)?.spec;
  if (!spec) return [];
  const loose = containersOf(spec).filter(({ resources }) => {
    const limit = resources?.limits?.['memory'];
    return !limit || limit !== resources?.requests?.['memory'];
  });
  return [
    ...(spec.automountServiceAccountToken === false ? [] : ['mounts a token']),
    ...loose.map((container) => `${container.name}: memory`),
  ];
};

/** The pods of a CronJob have eleven more letters, those of a Job a number, those of a Deployment seventeen. */
const ROOM: Readonly<Record<string, number>> = { CronJob: 52, Job: 58, Deployment: 46 };

/** Names and values of labels that Kubernetes does not take, or not with what it puts behind them. */
export const nameFaults: Check = (object) => {
  const { name, labels } = object.metadata;
  const values = Object.values({ ...labels, ...podOf(object)?.metadata.labels });
  return [
    ...(/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name) ? [] : ['is no name']),
    ...(name.length > (ROOM[object.kind] ?? 63) ? ['is too long a name'] : []),
    ...values
      .filter((value) => !/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(value))
      .map((value) => `has a label with the value ${value}`),
  ];
};

/** Objects of which there is more than one of the same kind and name. */
export function repeated(objects: readonly KubernetesObject[]): readonly string[] {
  const names = objects.map(nameOf);
  return names.filter((name, at) => names.indexOf(name) !== at);
}
