import { only } from '../kubernetes/objects.js';
import { podOf } from '../kubernetes/pods.js';
import { render, type RenderOptions } from './chart.js';

interface Peer {
  readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly namespaceSelector?: unknown;
  readonly ipBlock?: { readonly cidr: string };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number | string; readonly protocol: string }[];
}

interface Policy {
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly policyTypes: readonly string[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[] | null;
}

async function policies(options: RenderOptions): Promise<ReadonlyMap<string, Policy>> {
  const found = (await render(options)).filter(({ kind }) => kind === 'NetworkPolicy');
  return new Map(found.map(({ metadata, spec }) => [metadata.labels!['app.kubernetes.io/component']!, spec as Policy]));
}

/** Peers and ports of rules, in words: `api:http`, `10.0.0.0/8:6379`, `outside:80`. */
function words(rules: readonly Rule[] | null): readonly string[] {
  return (rules ?? []).flatMap(({ from, to, ports }) =>
    (from ?? to ?? [{}]).map((peer) => `${peerWord(peer)}:${ports?.map(({ port }) => port).join(',') ?? '*'}`),
  );
}

function peerWord({ podSelector, namespaceSelector, ipBlock }: Peer): string {
  if (ipBlock) return ipBlock.cidr;
  if (namespaceSelector) return 'outside';
  return podSelector?.matchLabels?.['app.kubernetes.io/component'] ?? (podSelector ? 'namespace' : 'anybody');
}

const DNS = ['outside:53,53', '169.254.20.10/32:53,53'];
const HTTPS = ['0.0.0.0/0:443', '::/0:443'];

describe('network policies', () => {
  it('select every pod of the chart, in both directions', async () => {
    const cases = ['monitoring', 'dataset-claim', 'load-test'];
    const objects = (await Promise.all(cases.map((name) => render({ cases: [name] })))).flat();
    const specs = objects.filter(({ kind }) => kind === 'NetworkPolicy').map(({ spec }) => spec as Policy);
    const pods = objects.map((one) => podOf(one)?.metadata.labels).filter((labels) => labels !== undefined);
    const bare = pods.filter(
      (labels) =>
        !specs.some(({ podSelector, policyTypes }) => {
          const wanted = Object.entries(podSelector.matchLabels);
          return policyTypes.length === 2 && wanted.every(([key, value]) => labels[key] === value);
        }),
    );
    expect(pods.length).toBeGreaterThan(8);
    expect(bare).toEqual([]);
  });

  it('let the namespace call the API and nobody read the metrics, and nothing out but names', async () => {
    const { ingress, egress } = (await policies({})).get('api')!;
    expect(words(ingress)).toEqual(['namespace:http', 'test:http', 'load:http']);
    expect(words(egress)).toEqual(DNS);
  });

  it('let the service and its Redis meet, and Redis nobody else', async () => {
    const found = await policies({ cases: ['monitoring'] });
    expect(words(found.get('api')!.egress)).toEqual([...DNS, 'redis:redis']);
    expect(words(found.get('api')!.ingress)).toContain('outside:management');
    expect(words(found.get('redis')!.ingress)).toEqual(['api:redis']);
    expect(words(found.get('redis')!.egress)).toEqual([]);
  });

  it.each([
    ['redis-external', ['10.20.0.0/16:6380']],
    ['redis-sentinel', ['outside:6379,26379']],
    ['dataset-download', HTTPS],
    ['extras', ['192.0.2.1/32:4318']],
    ['dataset-claim', []],
  ])('let the service with %s out to where it needs', async (name, more) => {
    expect(words((await policies({ cases: [name] })).get('api')!.egress)).toEqual([...DNS, ...more]);
  });

  it('let tests and load reach the service, and the refresh the web', async () => {
    const test = (await policies({})).get('test')!;
    expect([words(test.ingress), words(test.egress)]).toEqual([[], [...DNS, 'api:http']]);
    const load = (await policies({ cases: ['load-test'] })).get('load')!;
    expect([words(load.ingress), words(load.egress)]).toEqual([[], [...DNS, 'api:http', 'outside:*']]);
    const refresh = (await policies({ cases: ['dataset-claim'] })).get('refresh')!;
    expect([words(refresh.ingress), words(refresh.egress)]).toEqual([[], [...DNS, ...HTTPS]]);
  });

  it('never turn a list without peers into everybody', async () => {
    const json = ['clients', 'dns', 'https'].map((list) => `networkPolicy.${list}=[]`);
    const found = await policies({ cases: ['dataset-download'], json, set: ['tests.enabled=false'] });
    expect(words(found.get('api')!.ingress)).toEqual(['load:http']);
    expect(words(found.get('api')!.egress)).toEqual([]);
  });

  it('are left out when they are off', async () => {
    expect((await policies({ cases: ['redis-embedded-secret'] })).size).toBe(0);
  });
});

describe('the ways in', () => {
  it('are an Ingress and an HTTPRoute to the port of the Service, with TLS where it is asked for', async () => {
    const objects = await render({ cases: ['gateway'] });
    expect(only(objects, 'Service').spec).toMatchObject({ ports: [{ name: 'http', port: 80, targetPort: 'http' }] });
    expect(only(objects, 'HTTPRoute').spec).toMatchObject({
      rules: [{ backendRefs: [{ name: 'charts-spotify-charts', port: 80 }] }],
    });
    const tls = [{ secretName: 'charts-spotify-charts-tls', hosts: ['charts.example'] }];
    expect(only(objects, 'Ingress').spec).toMatchObject({ tls, rules: [{ host: 'charts.example' }] });
    expect(only(objects, 'Certificate').spec).toMatchObject({
      secretName: 'charts-spotify-charts-tls',
      dnsNames: ['charts.example', 'api.charts.example'],
    });
  });

  it('take any host and the default class without annotations when nothing else is said', async () => {
    const { spec, metadata } = only(await render({ cases: ['ingress-any-host'] }), 'Ingress');
    expect(metadata.annotations).toBeUndefined();
    expect(Object.keys(spec as object)).toEqual(['rules']);
    expect((spec as { rules: readonly object[] }).rules.map((rule) => Object.keys(rule))).toEqual([['http']]);
  });
});
