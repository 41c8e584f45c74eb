import { customFaults } from './custom-resources.js';
import { schemaFaults } from './kubernetes-schema.js';
import { boundFaults, faultsIn, nameFaults, repeated } from './object-faults.js';
import type { KubernetesObject } from './objects.js';
import { restrictedFaults, type PodSpec } from './pods.js';

const SAFE: PodSpec = {
  containers: [],
  securityContext: { runAsNonRoot: true, runAsUser: 1, seccompProfile: { type: 'RuntimeDefault' } },
};

describe('the checks of objects', () => {
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

  it('find names that are too long or not taken, twice the same, tokens and unbounded memory', async () => {
    const pod = (name: string, memory: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: { a: 'no label!' } },
      spec: { containers: [{ ...container, resources: { requests: { memory: '1Gi' }, limits: { memory } } }] },
    });
    const bad = [pod('A', '1Gi'), pod('a'.repeat(64), '2Gi'), pod('A', '1Gi')];
    const label = 'has a label with the value no label!';
    expect(await faultsIn(bad.slice(0, 2), nameFaults)).toEqual([
      'Pod A: is no name',
      `Pod A: ${label}`,
      `Pod ${'a'.repeat(64)}: is too long a name`,
      `Pod ${'a'.repeat(64)}: ${label}`,
    ]);
    expect(bad.slice(0, 2).map((one) => boundFaults(one))).toEqual([
      ['mounts a token'],
      ['mounts a token', 'a: memory'],
    ]);
    expect(repeated(bad)).toEqual(['Pod A']);
  });
});
