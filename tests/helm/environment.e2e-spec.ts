import { readConfig } from '../../apps/api/src/config.js';
import { SETTINGS } from '../../apps/api/src/settings.js';
import { environmentOf } from '../kubernetes/environment.js';
import { only } from '../kubernetes/objects.js';
import { podOf, type Container } from '../kubernetes/pods.js';
import { CASES, render } from './chart.js';

/** Variables of the service's container that are not settings of its own: two of Node, and one that REDIS_URL is made from. */
const BESIDE = ['NODE_OPTIONS', 'REDIS_PASSWORD', 'UV_THREADPOOL_SIZE'];
/** Settings left to extraEnv: a container logs to its console. */
const LEFT = ['LOG_FILE', 'LOG_FILE_KEEP', 'LOG_FILE_MAX_SIZE'];

async function api(set: readonly string[], cases: readonly string[] = []): Promise<Container> {
  const pod = podOf(only(await render({ set, cases }), 'Deployment', 'spotify-charts'));
  return pod!.spec.containers[0]!;
}

const deployments = [
  'redis-embedded',
  'redis-embedded-secret',
  'redis-external',
  'redis-sentinel',
  'redis-cluster',
  'api-keys',
];

describe('the environment of the service', () => {
  it('has each setting of the service but those of log files, and no other', async () => {
    const found = new Set<string>();
    for (const name of deployments) for (const { name: one } of (await api([], [name])).env!) found.add(one);
    expect([...found].toSorted()).toEqual(
      [...Object.keys(SETTINGS.shape).filter((one) => !LEFT.includes(one)), ...BESIDE].toSorted(),
    );
  });

  it('names no variable twice and is accepted by the service, whatever the values', async () => {
    for (const name of CASES.filter((one) => one !== 'long-names')) {
      const container = await api([], [name]);
      const names = container.env!.map((one) => one.name);
      expect({ name, twice: names.filter((one, at) => names.indexOf(one) !== at) }).toEqual({ name, twice: [] });
      expect(() => readConfig(environmentOf(container))).not.toThrow();
    }
  });

  it('is that of the service without any setting, but for the place of its files and the kind of its log', async () => {
    const config = readConfig(environmentOf(await api([])));
    const bare = readConfig({});
    expect(config).toEqual({
      ...bare,
      dataset: { ...bare.dataset, dir: '/data' },
      duckdb: { ...bare.duckdb, tempDir: '/tmp/duckdb' },
      log: { ...bare.log, format: 'json' },
    });
  });

  it.each([
    ['redis-embedded', ['redis://:from-the-secret@charts-spotify-charts-redis:6379'], 'single'],
    ['redis-external', ['rediss://charts:from-the-secret@cache.example:6380/2'], 'single'],
    ['redis-sentinel', [0, 1, 2].map((at) => `redis://:from-the-secret@sentinel-${at}.redis:26379`), 'sentinel'],
    ['redis-cluster', ['redis://from-the-secret:6379'], 'cluster'],
  ])('names the Redis of %s', async (name, urls, mode) => {
    expect(readConfig(environmentOf(await api([], [name]))).cache.redis).toMatchObject({ urls, mode });
  });

  it.each([
    [[], 'log'],
    [['tracing.followSampled=true'], 'follow'],
    [['tracing.enabled=false'], 'off'],
  ])('has what %j says of a trace of the caller', async (set, traceContext) => {
    expect(readConfig(environmentOf(await api(set))).log.traceContext).toBe(traceContext);
  });

  it('takes a Redis without a password', async () => {
    const set = ['redis.mode=external', 'redis.addresses={cache:6379}', 'networkPolicy.enabled=false'];
    expect(readConfig(environmentOf(await api(set))).cache.redis?.urls).toEqual(['redis://cache:6379']);
  });

  it('writes large and small numbers as the service reads them', async () => {
    const container = await api([
      'cache.l1.maxBytes=1073741824',
      'logging.requestSample=0.00002',
      'resources.limits.memory=4Gi',
      'resources.requests.memory=4Gi',
    ]);
    const config = readConfig(environmentOf(container));
    expect(config.cache.answerBytes + config.cache.rowBytes).toBe(2 ** 30);
    expect(config.log.requestSample).toBe(0.00002);
  });

  it.each([
    ['512Mi', 40, 204],
    ['1Gi', 40, 409],
    ['1500M', 50, 715],
    ['1.5Gi', 50, 768],
  ])('gives the heap its share of a memory limit of %s', async (memory, percent, mebibytes) => {
    const set = [
      `resources.limits.memory=${memory}`,
      `resources.requests.memory=${memory}`,
      `node.heapPercent=${percent}`,
    ];
    const environment = environmentOf(await api([...set, 'node.options=--trace-warnings']));
    expect(environment['NODE_OPTIONS']).toBe(`--max-old-space-size=${mebibytes} --trace-warnings`);
  });

  it('keeps passwords in Secrets alone', async () => {
    for (const name of ['redis-embedded', 'redis-sentinel']) {
      const objects = await render({ cases: [name] });
      const others = JSON.stringify(objects.filter(({ kind }) => kind !== 'Secret'));
      expect(others).not.toMatch(/not-a-secret-\d/);
      const { data } = only(objects, 'Secret');
      expect(Buffer.from(data!['password']!, 'base64').toString()).toMatch(/^not-a-secret-\d$/);
    }
    expect((await render({ cases: ['redis-embedded-secret'] })).filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});
