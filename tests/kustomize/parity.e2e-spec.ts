import { readFileSync } from 'node:fs';
import { readConfig } from '../../apps/api/src/config.js';
import { render } from '../helm/chart.js';
import { environmentOf } from '../kubernetes/environment.js';
import { only, type KubernetesObject } from '../kubernetes/objects.js';
import { podOf } from '../kubernetes/pods.js';
import { COMPONENTS, OVERLAYS, K8S, baseWith, build, buildFrom } from './kustomization.js';
import { normalise } from './normalise.js';

interface Values {
  readonly set: readonly string[];
  readonly json?: readonly string[];
}

/** Values of the chart that mean the base: what the chart has on by default and kustomize keeps in components is off. */
const BASE = ['autoscaling.enabled=false', 'networkPolicy.enabled=false', 'tests.enabled=false'];
const REDIS = ['redis.mode=embedded', 'redis.auth.existingSecret=spotify-charts-redis'];
const { version } = JSON.parse(readFileSync(`${K8S}/../package.json`, 'utf8')) as { version: string };
const RUNBOOKS = `https://git.example/OWNER/spotify-charts/blob/v${version}/docs/operations.md`;
const MONITORING = [
  ...['serviceMonitor', 'prometheusRule', 'dashboard'].map((part) => `metrics.${part}.enabled=true`),
  `metrics.prometheusRule.runbookUrl=${RUNBOOKS}`,
];

/** For each component, the values of the chart that mean the same. */
const OF_COMPONENTS: Readonly<Record<string, Values>> = {
  'api-keys': { set: ['apiKeys.enabled=true', 'apiKeys.existingSecret=spotify-charts-api-keys'] },
  gateway: { set: ['gateway.httpRoute.enabled=true'], json: ['gateway.httpRoute.parentRefs=[{"name":"public"}]'] },
  hpa: { set: ['autoscaling.enabled=true'] },
  ingress: { set: ['ingress.enabled=true'] },
  loadtest: { set: ['loadTest.enabled=true'] },
  'loadtest-k6': { set: ['loadTest.enabled=true', 'loadTest.engine=k6'] },
  monitoring: { set: MONITORING },
  networkpolicy: { set: ['networkPolicy.enabled=true'] },
  redis: { set: REDIS },
};

/** Peers that production adds to the network policy: without them the chart refuses an Ingress or a ServiceMonitor. */
const CALLERS = [
  `networkPolicy.clients=[{"podSelector":{}},${inNamespace('ingress-nginx')}]`,
  `networkPolicy.metrics=[${inNamespace('monitoring')}]`,
];

/** For each overlay, the values of the chart that mean the same. */
const OF_OVERLAYS: Readonly<Record<string, Values>> = {
  dev: {
    set: [
      ...BASE,
      'replicaCount=1',
      'pdb.enabled=false',
      'image.repository=localhost/spotify-charts',
      'image.tag=dev',
      'resources.requests.cpu=100m',
    ],
  },
  production: {
    set: [
      ...['tests.enabled=false', ...REDIS, ...MONITORING],
      ...['dataset.source=claim', 'dataset.claim.name=spotify-charts-data'],
      ...['ingress.enabled=true', 'ingress.hosts={charts.example}', 'tls.enabled=true'],
    ],
    json: CALLERS,
  },
};

function inNamespace(name: string) {
  return JSON.stringify({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } });
}

/** What Helm renders as a release of the chart's own name, so that its objects have no other. */
function chart({ set, json = [] }: Values): Promise<readonly KubernetesObject[]> {
  return render({ release: 'spotify-charts', namespace: 'charts', set, json });
}

const withBase = ({ set, ...more }: Values): Values => ({ ...more, set: [...BASE, ...set] });

function environment(objects: readonly KubernetesObject[]) {
  return readConfig(environmentOf(podOf(only(objects, 'Deployment', 'spotify-charts'))!.spec.containers[0]!));
}

describe('kustomize and Helm make the same objects', () => {
  it('of the base', async () => {
    expect(normalise(await baseWith())).toEqual(normalise(await chart({ set: BASE })));
  });

  it.each(COMPONENTS)('of the base with the component %s', async (name) => {
    const built = normalise(await baseWith(name));
    expect(built).not.toEqual(normalise(await baseWith()));
    expect(built).toEqual(normalise(await chart(withBase(OF_COMPONENTS[name]!))));
  });

  // The runners have no key for the service, and one Job has runners of one kind.
  it.each([
    ['the load Job', ['loadtest', 'loadtest-k6']],
    ['api-keys and k6', ['api-keys', 'loadtest-k6']],
    ['api-keys and the runners of Node', ['api-keys', 'loadtest']],
  ])('of the base with all components but %s, in whatever order', async (_, left) => {
    const together = COMPONENTS.filter((name) => !left.includes(name));
    const values = together.map((name) => OF_COMPONENTS[name]!);
    const set = values.flatMap((one) => one.set);
    const all = normalise(
      await chart(withBase({ set, json: [...CALLERS, ...values.flatMap(({ json = [] }) => json)] })),
    );
    const target = { kind: 'NetworkPolicy', name: 'spotify-charts-api' };
    const patches = [{ target, patch: readFileSync(`${K8S}/overlays/production/allowed-callers.yaml`, 'utf8') }];
    for (const names of [together, together.toReversed()]) {
      const components = names.map((name) => `components/${name}`);
      expect(normalise(await buildFrom({ resources: ['base'], components, patches }))).toEqual(all);
    }
  });

  it.each(OVERLAYS)('of the overlay %s', async (name) => {
    expect(normalise(await build(`${K8S}/overlays/${name}`))).toEqual(normalise(await chart(OF_OVERLAYS[name]!)));
  });

  it('that give the service the same settings, the password of Redis within its address', async () => {
    const built = environment(await build(`${K8S}/overlays/production`));
    expect(built.cache.redis?.urls).toEqual(['redis://:from-the-secret@spotify-charts-redis:6379']);
    expect(built).toEqual(environment(await chart(OF_OVERLAYS['production']!)));
  });
});
