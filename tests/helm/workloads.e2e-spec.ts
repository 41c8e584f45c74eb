import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { only } from '../kubernetes/objects.js';
import { containersOf, podOf } from '../kubernetes/pods.js';
import { CASES, CHART, render } from './chart.js';

interface Spec {
  readonly replicas?: number;
  readonly strategy?: { readonly type: string };
  readonly selector?: { readonly matchLabels: Readonly<Record<string, string>> };
}

const API = 'spotify-charts';
const deployment = async (...cases: readonly string[]) => only(await render({ cases }), 'Deployment', API);

describe('the number of pods', () => {
  it('is left to the autoscaler wherever there is one, and given where there is none', async () => {
    for (const name of CASES.filter((one) => one !== 'long-names')) {
      const objects = await render({ cases: [name] });
      const scalers = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject');
      const { replicas } = only(objects, 'Deployment', API).spec as Spec;
      expect({ name, scalers: scalers.length, given: replicas !== undefined }).toEqual({
        name,
        scalers: replicas === undefined ? 1 : 0,
        given: scalers.length === 0,
      });
    }
  });

  it('follows the CPU of the container of the service, and what else is asked for', async () => {
    const plain = only(await render(), 'HorizontalPodAutoscaler').spec;
    const cpu = { name: 'cpu', container: 'api', target: { type: 'Utilization', averageUtilization: 65 } };
    expect(plain).toMatchObject({
      minReplicas: 3,
      maxReplicas: 30,
      metrics: [{ type: 'ContainerResource', containerResource: cpu }],
    });
    expect(podOf(await deployment())!.spec.containers.map(({ name }) => name)).toEqual(['api']);
    const all = only(await render({ cases: ['monitoring'] }), 'HorizontalPodAutoscaler').spec as {
      metrics: readonly unknown[];
    };
    expect(all.metrics.slice(1)).toEqual(
      [
        ['http_requests_per_second', '5000'],
        ['nodejs_eventloop_utilization', '700m'],
      ].map(([name, averageValue]) => ({
        type: 'Pods',
        pods: { metric: { name }, target: { type: 'AverageValue', averageValue } },
      })),
    );
  });

  it('goes up at once and down slowly, by the HPA and by KEDA alike', async () => {
    const { behavior } = only(await render(), 'HorizontalPodAutoscaler').spec as { behavior: unknown };
    expect(behavior).toMatchObject({
      scaleUp: {
        stabilizationWindowSeconds: 0,
        policies: [
          { type: 'Percent', value: 100, periodSeconds: 15 },
          { type: 'Pods', value: 8, periodSeconds: 15 },
        ],
      },
      scaleDown: { stabilizationWindowSeconds: 300, policies: [{ type: 'Percent', value: 20, periodSeconds: 60 }] },
    });
    expect(only(await render({ cases: ['keda'] }), 'ScaledObject').spec).toMatchObject({
      advanced: { horizontalPodAutoscalerConfig: { behavior } },
    });
  });
});

describe('releases', () => {
  it('share a namespace without sharing a name or a pod', async () => {
    const [one, two] = await Promise.all(['one', 'two'].map((release) => render({ release, cases: ['monitoring'] })));
    const names = (objects: typeof one) => objects!.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names(one).filter((name) => names(two).includes(name))).toEqual([]);
    for (const { spec } of one!.filter(({ kind }) => kind === 'Deployment')) {
      const selector = Object.entries((spec as Spec).selector!.matchLabels);
      const pods = [...one!, ...two!].flatMap((object) => [podOf(object)?.metadata.labels ?? {}]);
      expect(pods.filter((labels) => selector.every(([key, value]) => labels[key] === value))).toHaveLength(1);
    }
  });

  it('with long names that begin alike stay apart', async () => {
    const release = 'a-release-with-a-name-of-forty-five-letters-x';
    const [a, b] = await Promise.all(['1', '2'].map((end) => render({ release: release + end })));
    const [first, second] = [only(a!, 'PodDisruptionBudget'), only(b!, 'PodDisruptionBudget')];
    expect(first.metadata.name).toMatch(/^a-release-with-a-name-of-forty-f-[0-9a-f]{8}$|^.{1,31}-[0-9a-f]{8}$/);
    expect(first.metadata.name).not.toBe(second.metadata.name);
  });

  it('keep their selectors whatever labels are added, for those of a Deployment cannot be changed', async () => {
    const plain = (await deployment()).spec as Spec;
    expect(plain.selector).toEqual(((await deployment('extras')).spec as Spec).selector);
    const labelled = await render({ cases: ['extras'] });
    expect(
      labelled.filter(({ kind, metadata }) => metadata.labels?.['team'] !== 'music' && kind !== 'ConfigMap'),
    ).toEqual([]);
    expect(podOf(only(labelled, 'Deployment'))!.metadata.labels).toMatchObject({ team: 'music', tier: 'web' });
  });
});

describe('the dataset', () => {
  it('is in the image by default: no volume takes its place', async () => {
    const { containers, volumes } = podOf(await deployment())!.spec;
    expect(volumes!.map(({ name }) => name)).toEqual(['tmp']);
    expect(containers[0]!.volumeMounts!.map(({ mountPath }) => mountPath)).toEqual(['/tmp']);
  });

  it.each([
    ['dataset-download', { emptyDir: { sizeLimit: '8Gi' } }],
    ['dataset-claim', { persistentVolumeClaim: { claimName: 'charts-data', readOnly: true } }],
    [
      'dataset-image-volume',
      { image: { reference: 'images.example/charts-data:2021-12-31', pullPolicy: 'IfNotPresent' } },
    ],
  ])('of %s is read at /data, and cannot be written by the service', async (name, source) => {
    const { containers, volumes } = podOf(await deployment(name))!.spec;
    expect(volumes).toContainEqual({ name: 'dataset', ...source });
    expect(containers[0]!.volumeMounts).toContainEqual(
      expect.objectContaining({ name: 'dataset', mountPath: '/data', readOnly: true }),
    );
  });

  it('is downloaded before the service starts, by name and digest', async () => {
    const [init] = podOf(await deployment('dataset-download'))!.spec.initContainers!;
    expect(init!.command!.slice(0, 3)).toEqual(['node', 'dist/apps/dataset/src/main.js', 'fetch']);
    expect(init!.command!.join(' ')).toContain(
      'fetch https://data.example/charts/manifest.json https://mirror.example/charts/manifest.json --manifest-sha256 0123',
    );
    expect(init!.command!.join(' ')).toMatch(/ --out \/data$/);
  });

  it('on the volume of one node is given from pod to pod, never to two', async () => {
    expect((await deployment('dataset-claim-single')).spec).toMatchObject({
      replicas: 1,
      strategy: { type: 'Recreate' },
    });
  });

  it('is refreshed step by step on the same volume, and old versions are kept', async () => {
    const job = only(await render({ cases: ['dataset-claim'] }), 'CronJob');
    expect(job.spec).toMatchObject({ concurrencyPolicy: 'Forbid', schedule: '17 23 * * *' });
    const { spec } = podOf(job)!;
    expect(containersOf(spec).map(({ command = [] }) => command.slice(2).join(' '))).toEqual([
      'append https://data.example/regional-global-daily-latest.csv --out /data --memory-limit 2GB --threads 2 --replace',
      'verify /data --memory-limit 2GB --threads 2',
      'prune /data --keep 3',
    ]);
    for (const { volumeMounts } of containersOf(spec))
      expect(volumeMounts).toContainEqual({ name: 'dataset', mountPath: '/data', subPath: 'daily' });
  });
});

describe('the embedded Redis', () => {
  it('keeps three quarters of its memory full of answers, and nothing on disk', async () => {
    const [redis] = podOf(only(await render({ cases: ['redis-embedded'] }), 'Deployment', '-redis'))!.spec.containers;
    expect(redis!.args!.join(' ')).toContain(
      '--save  --appendonly no --maxmemory 201326592 --maxmemory-policy allkeys-lru --requirepass $(REDIS_PASSWORD)',
    );
    expect(redis!.image).toMatch(/^redis@sha256:/);
    expect(redis!.env).toContainEqual({
      name: 'REDIS_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'charts-spotify-charts-redis', key: 'password' } },
    });
  });

  it('and the service start anew with another password', async () => {
    const annotations = async (password: string) => {
      const objects = await render({ set: ['redis.mode=embedded', `redis.auth.password=${password}`] });
      return JSON.stringify(['', '-redis'].map((end) => only(objects, 'Deployment', `${API}${end}`).spec));
    };
    expect(await annotations('a')).not.toBe(await annotations('b'));
  });
});

describe('the load Job', () => {
  it('has runners with an index each, and is another Job when anything of it changes', async () => {
    const job = only(await render({ cases: ['load-test'] }), 'Job');
    expect(job.spec).toMatchObject({ completionMode: 'Indexed', completions: 3, parallelism: 3, backoffLimit: 0 });
    expect(podOf(job)!.spec.containers[0]!.env).toEqual(
      expect.arrayContaining([
        { name: 'LOAD_TARGET', value: 'http://10.0.0.1' },
        { name: 'LOAD_RUNNERS', value: '3' },
        { name: 'LOAD_RATE', value: '10000' },
        { name: 'LOAD_START_AT', value: '1900000000' },
        { name: 'LOAD_SEED', value: '7' },
      ]),
    );
    const other = await render({ cases: ['load-test'], set: ['loadTest.rate=1000000', 'commonLabels.a=b'] });
    expect(only(other, 'Job').metadata.name).not.toBe(job.metadata.name);
    expect(JSON.stringify(only(other, 'Job'))).toContain('"1000000"');
  });

  it('runs the script of k6 in the chart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chart-'));
    try {
      await cp(CHART, folder, { recursive: true });
      const script = "import http from 'k6/http';\nexport default () => http.get(`{{ not a template }}`);\n";
      await writeFile(join(folder, 'files/k6.js'), script);
      const objects = await render({ chart: folder, set: ['loadTest.enabled=true', 'loadTest.engine=k6'] });
      expect(only(objects, 'ConfigMap', '-load').data).toEqual({ 'k6.js': script });
      const [runner] = podOf(only(objects, 'Job'))!.spec.containers;
      expect(runner).toMatchObject({ args: ['run', '--no-usage-report', '/scripts/k6.js'] });
      expect(runner!.image).toMatch(/^grafana\/k6:/);
      expect(runner!.env).toContainEqual({ name: 'LOAD_TARGET', value: 'http://charts-spotify-charts.music:80' });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
