import { CASES, render, type KubernetesObject } from './chart.js';
import { CUSTOM_KINDS, customFaults } from './custom-resources.js';
import { isBuiltIn, schemaFaults } from './kubernetes-schema.js';
import { containersOf, podOf, restrictedFaults, type PodSpec } from './pods.js';

let rendered: ReadonlyMap<string, readonly KubernetesObject[]>;
beforeAll(async () => {
  const all = new Map<string, readonly KubernetesObject[]>();
  for (const name of CASES) all.set(name, await render({ cases: [name] }));
  rendered = all;
});

const everything = () => [...rendered.values()].flat();
const nameOf = ({ kind, metadata: { name } }: KubernetesObject) => `${kind} ${name}`;

/** Faults of all objects of a case by a check, each with the object that has it. */
async function faultsIn(
  name: string,
  check: (object: KubernetesObject) => Promise<readonly string[]> | readonly string[],
) {
  const objects = rendered.get(name)!;
  const faults = await Promise.all(
    objects.map(async (one) => (await check(one)).map((fault) => `${nameOf(one)}: ${fault}`)),
  );
  return faults.flat();
}

describe('the objects', () => {
  it.each(CASES)('of the values %s have the fields of their kinds and no others', async (name) => {
    expect(await faultsIn(name, (one) => (isBuiltIn(one) ? schemaFaults(one) : customFaults(one)))).toEqual([]);
  });

  it.each(CASES)(
    'of the values %s run in a namespace that enforces the restricted Pod Security Standard',
    async (name) => {
      expect(await faultsIn(name, (one) => restrictedFaults(podOf(one)?.spec ?? SAFE))).toEqual([]);
    },
  );

  it.each(CASES)('of the values %s mount no token and bound the memory of each container', async (name) => {
    const check = (one: KubernetesObject) => {
      const spec = podOf(one)?.spec;
      if (!spec) return [];
      const unbounded = containersOf(spec).filter(({ resources }) => !resources?.limits?.['memory']);
      const different = containersOf(spec).filter(
        ({ resources }) => resources?.limits?.['memory'] !== resources?.requests?.['memory'],
      );
      return [
        ...(spec.automountServiceAccountToken === false ? [] : ['mounts a token']),
        ...[...unbounded, ...different].map((container) => `${container.name}: memory`),
      ];
    };
    expect(await faultsIn(name, check)).toEqual([]);
  });

  it.each(CASES)('of the values %s have names that Kubernetes takes, each kind once', (name) => {
    const objects = rendered.get(name)!;
    // The pods of a CronJob have eleven more letters, those of a Job a number, those of a Deployment seventeen.
    const room: Readonly<Record<string, number>> = { CronJob: 52, Job: 58, Deployment: 46 };
    const bad = objects.filter(
      (one) =>
        !/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(one.metadata.name) || one.metadata.name.length > (room[one.kind] ?? 63),
    );
    expect(bad.map(nameOf)).toEqual([]);
    expect(new Set(objects.map(nameOf)).size).toBe(objects.length);
    const values = objects.flatMap((one) => Object.values({ ...one.metadata.labels, ...podOf(one)?.metadata.labels }));
    expect(values.filter((value) => !/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(value))).toEqual([]);
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

const SAFE: PodSpec = {
  containers: [],
  securityContext: { runAsNonRoot: true, runAsUser: 1, seccompProfile: { type: 'RuntimeDefault' } },
};

describe('the checks above', () => {
  const container = {
    name: 'a',
    image: 'a',
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };

  it.each<[string, PodSpec]>([
    ['may run as root', { ...SAFE, securityContext: { ...SAFE.securityContext, runAsUser: 0 } }],
    ['has no seccompProfile RuntimeDefault', { ...SAFE, securityContext: { runAsNonRoot: true, runAsUser: 1 } }],
    ['has hostNetwork', { ...SAFE, hostNetwork: true }],
    ['has a volume of type hostPath', { ...SAFE, volumes: [{ name: 'a', hostPath: { path: '/' } }] }],
    [
      'a may escalate its privileges',
      {
        ...SAFE,
        containers: [
          { ...container, securityContext: { ...container.securityContext, allowPrivilegeEscalation: true } },
        ],
      },
    ],
    [
      'a keeps capabilities',
      {
        ...SAFE,
        initContainers: [
          { ...container, securityContext: { ...container.securityContext, capabilities: { drop: [] } } },
        ],
      },
    ],
    [
      'a may write to its root filesystem',
      {
        ...SAFE,
        containers: [
          { ...container, securityContext: { ...container.securityContext, readOnlyRootFilesystem: false } },
        ],
      },
    ],
    ['a has a port of the host', { ...SAFE, containers: [{ ...container, ports: [{ hostPort: 80 }] }] }],
  ])('find that a pod %s', (fault, pod) => {
    expect(restrictedFaults({ ...SAFE, containers: [container] })).toEqual([]);
    expect(restrictedFaults(pod)).toEqual([fault]);
  });

  it('find fields that Kubernetes does not know, wrong types and what is missing, however deep', async () => {
    const hpa = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'a', label: {} },
      spec: {
        maxReplicas: '3',
        scaleTargetRef: { kind: 'Deployment', name: 'a', colour: 'blue' },
        metrics: [{ type: 'Pods', pods: { metric: { name: 'x', names: 'y' }, target: { type: 'Value' } } }],
      },
    };
    const faults = (await schemaFaults(hpa)).join('\n');
    for (const found of [
      '/metadata/label is no field',
      '/spec/scaleTargetRef/colour is no field',
      '/spec/metrics/0/pods/metric/names is no field',
      '/spec/maxReplicas type',
    ])
      expect(faults).toContain(found);
    expect(
      customFaults({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', metadata: { name: 'a' }, spec: {} }),
    ).not.toEqual([]);
    expect(customFaults({ apiVersion: 'x/v1', kind: 'Y', metadata: { name: 'a' } })).toEqual([
      'x/v1 Y is no kind that is known',
    ]);
  });
});
