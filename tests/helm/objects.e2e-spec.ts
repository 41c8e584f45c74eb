import { CUSTOM_KINDS } from '../kubernetes/custom-resources.js';
import { isBuiltIn } from '../kubernetes/kubernetes-schema.js';
import {
  boundFaults,
  faultsIn,
  fieldFaults,
  nameFaults,
  repeated,
  securityFaults,
  type Check,
} from '../kubernetes/object-faults.js';
import type { KubernetesObject } from '../kubernetes/objects.js';
import { CASES, render } from './chart.js';

let rendered: ReadonlyMap<string, readonly KubernetesObject[]>;
beforeAll(async () => {
  const all = new Map<string, readonly KubernetesObject[]>();
  for (const name of CASES) all.set(name, await render({ cases: [name] }));
  rendered = all;
});

const everything = () => [...rendered.values()].flat();
const faults = (name: string, check: Check) => faultsIn(rendered.get(name)!, check);

describe('the objects', () => {
  it.each(CASES)('of the values %s have the fields of their kinds and no others', async (name) => {
    expect(await faults(name, fieldFaults)).toEqual([]);
  });

  it.each(CASES)(
    'of the values %s run in a namespace that enforces the restricted Pod Security Standard',
    async (name) => {
      expect(await faults(name, securityFaults)).toEqual([]);
    },
  );

  it.each(CASES)('of the values %s mount no token and bound the memory of each container', async (name) => {
    expect(await faults(name, boundFaults)).toEqual([]);
  });

  it.each(CASES)('of the values %s have names that Kubernetes takes, each kind once', async (name) => {
    expect(await faults(name, nameFaults)).toEqual([]);
    expect(repeated(rendered.get(name)!)).toEqual([]);
  });

  it('of all values together show every kind that the chart has, and every custom kind that is checked', () => {
    const kinds = new Set(everything().map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(
      [
        ...['ConfigMap', 'CronJob', 'Deployment', 'HorizontalPodAutoscaler', 'Ingress', 'Job', 'NetworkPolicy'],
        ...['Pod', 'PodDisruptionBudget', 'Secret', 'Service', 'ServiceAccount'],
        ...CUSTOM_KINDS,
      ].toSorted(),
    );
  });

  it('need no custom resource by default', () => {
    expect(rendered.get('default')!.filter((one) => !isBuiltIn(one))).toEqual([]);
  });
});
