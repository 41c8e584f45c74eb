import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { only, type KubernetesObject } from '../kubernetes/objects.js';
import { podOf } from '../kubernetes/pods.js';
import { kubernetesTools, runTool } from '../setup/kubernetes-tools.js';
import { COMPONENTS, K8S, OVERLAYS, buildFrom, type Kustomization } from './kustomization.js';

const README = readFileSync(join(K8S, 'README.md'), 'utf8');
const REMOTE = /^https:\/\/git\.example\/OWNER\/spotify-charts\/\/k8s\/(.*)\?ref=v(.*)$/;
const { version } = JSON.parse(readFileSync(join(K8S, '../package.json'), 'utf8')) as { version: string };

/** The kustomizations that the page shows, by the name in their first line. */
const SHOWN: Readonly<Record<string, Kustomization>> = Object.fromEntries(
  [...README.matchAll(/^```yaml\n# (\S+)\n([^]*?)^```/gm)].map(([, name, text]) => [
    name!,
    parse(text!) as Kustomization,
  ]),
);

/** A shown kustomization that takes from this tree what it takes from the repository. */
function local({ resources, components = [], ...rest }: Kustomization): Kustomization {
  const here = (paths: readonly string[]) => paths.map((path) => REMOTE.exec(path)?.[1] ?? path);
  return { ...rest, resources: here(resources), components: here(components) };
}

const FILES = { 'redis.env': 'password=not-a-secret\n' };

describe('the overlay that k8s/README.md shows', () => {
  let objects: readonly KubernetesObject[];
  beforeAll(async () => {
    objects = await buildFrom(local(SHOWN['kustomization.yaml']!), FILES);
  });

  it('takes what is in this repository, at the version that is released next', () => {
    const remotes = Object.values(SHOWN).flatMap(({ resources, components = [] }) => [...resources, ...components]);
    const found = remotes.filter((path) => path !== '..').map((path) => REMOTE.exec(path));
    expect(
      found.map((match) => [match?.[2], existsSync(join(K8S, match?.[1] ?? 'none', 'kustomization.yaml'))]),
    ).toEqual(found.map(() => [version, true]));
    expect(found).toHaveLength(2);
  });

  it('puts everything into its namespace, the alerts and the addresses that they look at among it', () => {
    expect(objects.filter(({ metadata }) => metadata.namespace !== 'music')).toEqual([]);
    const { spec } = only(objects, 'PrometheusRule');
    const named = [...JSON.stringify(spec).matchAll(/namespace=\\"([^"]*)\\"/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(10);
    expect([...new Set(named)]).toEqual(['music']);
  });

  it('leaves the alerts as they are but for the namespace and where they link to', async () => {
    const text = JSON.stringify(only(await buildFrom({ resources: ['overlays/production'] }), 'PrometheusRule').spec);
    expect(only(objects, 'PrometheusRule').spec).toEqual(
      JSON.parse(
        text
          .replaceAll('namespace=\\"charts\\"', 'namespace=\\"music\\"')
          .replaceAll(/https:\/\/git\.example\/[^"#]*#/g, 'https://wiki.music.example/charts-operations#'),
      ),
    );
  });

  it('names its image, host, certificate, class and claim', () => {
    const { containers, volumes } = podOf(only(objects, 'Deployment', 'spotify-charts'))!.spec;
    expect(containers.map(({ image }) => image)).toEqual(['images.example/spotify-charts:0.1.0']);
    expect(volumes).toContainEqual({
      name: 'dataset',
      persistentVolumeClaim: { claimName: 'music-charts', readOnly: true },
    });
    expect(only(objects, 'Ingress').spec).toMatchObject({
      ingressClassName: 'public',
      rules: [{ host: 'charts.music.example' }],
      tls: [{ hosts: ['charts.music.example'], secretName: 'music-tls' }],
    });
  });

  it('lets its ingress controller and its Prometheus in', () => {
    const { ingress } = only(objects, 'NetworkPolicy', '-api').spec as { ingress: readonly unknown[] };
    const namespace = (name: string) => ({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
    });
    expect(ingress).toEqual([
      expect.objectContaining({ from: expect.arrayContaining([{ podSelector: {} }, namespace('ingress')]) }),
      { from: [namespace('observability')], ports: [{ port: 'management', protocol: 'TCP' }] },
    ]);
  });

  it('gives service and Redis one Secret, of another name for another password', async () => {
    const reference = (from: readonly KubernetesObject[]) => {
      const { name } = only(from, 'Secret').metadata;
      const read = from.flatMap((one) => podOf(one)?.spec.containers ?? []).flatMap(({ env = [] }) => env);
      const secrets = read.filter(({ valueFrom }) => valueFrom).map(({ valueFrom }) => valueFrom);
      expect(secrets).toEqual([0, 1].map(() => ({ secretKeyRef: { name, key: 'password' } })));
      return name;
    };
    const other = await buildFrom(local(SHOWN['kustomization.yaml']!), { 'redis.env': 'password=another\n' });
    expect(reference(objects)).not.toBe(reference(other));
  });

  it('is what the load Job runs beside', async () => {
    const load = { ...local(SHOWN['load/kustomization.yaml']!), resources: ['overlays/production'] };
    const job = only(await buildFrom(load), 'Job');
    expect(job.spec).toMatchObject({ completions: 8, parallelism: 8, completionMode: 'Indexed' });
    const [runner] = podOf(job)!.spec.containers;
    expect(runner!.image).toBe('images.example/spotify-charts:0.1.0');
    expect(runner!.env).toEqual(
      expect.arrayContaining([
        { name: 'LOAD_RUNNERS', value: '8' },
        { name: 'LOAD_SCENARIO', value: '10k' },
        { name: 'LOAD_TARGET', value: 'http://spotify-charts:80' },
      ]),
    );
  });
});

describe('k8s/README.md', () => {
  it('tells of the base and of each component and overlay', () => {
    const rows = [...README.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, folder]) => folder!);
    const folders = [...COMPONENTS.map((name) => `components/${name}`), ...OVERLAYS.map((name) => `overlays/${name}`)];
    expect(rows.toSorted()).toEqual(['base', ...folders].toSorted());
  });

  it('gives commands and flags that kubectl has, on folders that are there or shown', async () => {
    const { kubectl } = await kubernetesTools();
    const lines = [...README.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, text]) => text!.trim().split('\n'));
    const commands = lines.map((line) => line.split(' ')).filter(([program]) => program === 'kubectl');
    expect(commands.length).toBeGreaterThan(8);
    const global = (await runTool(kubectl, ['options'])).stdout;
    for (const [, ...args] of commands) {
      const words = args[0] === '--namespace' ? args.slice(2) : args;
      const command = words[0] === 'rollout' || words[0] === 'create' ? words.slice(0, 2) : words.slice(0, 1);
      const help = await runTool(kubectl, [...command, '--help']);
      expect(help.code).toBe(0);
      for (const flag of args.filter((word) => word.startsWith('-')))
        expect(help.stdout + global).toMatch(new RegExp(`^ +(?:-., )?${flag}(?:=|,)`, 'm'));
      const folder = args[args.indexOf('-k') + 1]!;
      if (args.includes('-k'))
        expect(
          existsSync(join(K8S, '..', folder, 'kustomization.yaml')) || join(folder, 'kustomization.yaml') in SHOWN,
        ).toBe(true);
    }
  });
});
