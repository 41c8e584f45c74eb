import type { KubernetesObject } from '../kubernetes/objects.js';
import { normalise } from './normalise.js';

const labels = (component: string, more = {}) => ({ 'app.kubernetes.io/component': component, ...more });
const selecting = (component: string) => ({ podSelector: { matchLabels: labels(component) } });

function service(spec: object, metadata: Partial<KubernetesObject['metadata']> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', labels: labels('api'), ...metadata }, spec };
}

function pods(component: string, env: readonly object[] = []): KubernetesObject {
  const template = { metadata: { labels: labels(component) }, spec: { containers: [{ name: 'a', image: 'b', env }] } };
  const metadata = { name: component, labels: labels(component) };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { template } };
}

function policy(component: string, from: readonly object[]): KubernetesObject {
  const spec = { ...selecting(component), ingress: [{ from, ports: [{ port: 'http' }] }], egress: [] };
  const metadata = { name: component, labels: labels(component) };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata, spec };
}

function alerts(...names: readonly string[]): KubernetesObject {
  const spec = { groups: [{ name: 'a', rules: names.map((alert) => ({ alert, expr: 'up{namespace="x"}' })) }] };
  return { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule', metadata: { name: 'a' }, spec };
}

describe('normalising', () => {
  it('leaves out what Helm alone sets, the namespace, and the order of fields, variables and peers', () => {
    const helm = [
      service(
        { a: 1, b: 'http://a.x:80', c: 'Pods of a in x end.' },
        { namespace: 'x', labels: labels('api', { 'helm.sh/chart': 'a-1', 'app.kubernetes.io/managed-by': 'Helm' }) },
      ),
      pods('api', [{ name: 'A' }, { name: 'B' }]),
      policy('api', [{ podSelector: {} }, selecting('api')]),
    ];
    const kustomize = [
      policy('api', [selecting('api'), { podSelector: {} }]),
      service({ c: 'Pods of a end.', b: 'http://a:80', a: 1 }),
      pods('api', [{ name: 'B' }, { name: 'A' }]),
    ];
    expect(normalise(helm)).toEqual(normalise(kustomize));
  });

  it('leaves out policies, peers, rules and alerts about what is not there, and only these', () => {
    const about = (...objects: readonly KubernetesObject[]) => normalise([pods('api'), ...objects]);
    expect(about(policy('load', [selecting('api')]))).toEqual(about());
    expect(about(policy('api', [selecting('load'), selecting('api')]))).toEqual(
      about(policy('api', [selecting('api')])),
    );
    expect(about(policy('api', [selecting('load')]))).toMatchObject({ 'NetworkPolicy api': { spec: { ingress: [] } } });
    expect(about(alerts('SpotifyChartsDown', 'SpotifyChartsCacheUnreachable', 'SpotifyChartsAtMaxReplicas'))).toEqual(
      about(alerts('SpotifyChartsDown')),
    );
    const redis = { ...pods('redis'), metadata: { name: 'a-redis', labels: labels('redis') } };
    expect(about(redis, alerts('SpotifyChartsCacheUnreachable'))).not.toEqual(about(redis, alerts()));
    expect(about(redis, policy('redis', [selecting('api')]))).not.toEqual(about(redis));
  });

  it.each<[string, KubernetesObject, KubernetesObject]>([
    ['values', service({ a: 1 }), service({ a: '1' })],
    ['fields that are missing', service({ a: 1 }), service({})],
    ['labels', service({}), service({}, { labels: labels('redis') })],
    ['names', service({}), service({}, { name: 'b' })],
    ['annotations', service({}), service({}, { annotations: { a: 'b' } })],
    ['variables', pods('api', [{ name: 'A' }]), pods('api', [{ name: 'B' }])],
    ['the order of other lists', service({ args: ['a', 'b'] }), service({ args: ['b', 'a'] })],
    ['namespaces in other places', service({ a: 'namespace="x"' }, { namespace: 'x' }), service({ a: 'namespace=""' })],
  ])('keeps differences of %s', (_what, one, other) => {
    expect(normalise([one])).not.toEqual(normalise([other]));
  });
});
