import { KeyFolder, keysOf } from '../access/testing/key-folder.js';
import { until } from '../cache/testing/redis-server.js';
import { chartHistory } from '../dataset/testing/chart-history.js';
import { Metrics } from '../metrics/metrics.js';
import { BY_FRAMEWORK, ListApp, type ClientAnswer } from './testing/list-app.js';

const PLENTY = 1_000_000;
const { keys, text } = keysOf({ mobile: PLENTY, web: undefined, few: 3, counted: 5 });
const folder = new KeyFolder(text);
let service: ListApp;
beforeAll(async () => {
  service = await ListApp.started({ API_KEYS_FILE: folder.path });
}, 60_000);
afterAll(async () => {
  await service.stop();
  folder.remove();
});

const PATH = `/rankings?region=Global&date=${chartHistory()[0]!.date}&limit=30&format=json`;
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const problem = ({ body }: ClientAnswer) => JSON.parse(body) as Record<string, unknown>;

describe('a limit', () => {
  it('is 429 beyond, with the seconds to wait, and what is left before', async () => {
    const answers: ClientAnswer[] = [];
    for (let i = 0; i < 5; i++)
      answers.push(
        await service.ask(PATH, { ...bearer(keys.few), ...(i === 1 && BY_FRAMEWORK), 'X-Request-Id': 'few' }),
      );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers.map(({ headers }) => String(headers['ratelimit']).split(';')[1])).toEqual([
      ...['r=2', 'r=1', 'r=0', 'r=0', 'r=0'],
    ]);
    const { headers } = answers[3]!;
    const seconds = Number(headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'ratelimit-policy': '"minute";q=3;w=60',
      ratelimit: `"minute";r=0;t=${seconds}`,
    });
    expect(problem(answers[3]!)).toMatchObject({ type: '/problems/too-many-requests', status: 429 });
    // Lines of the two ways are not written in turn.
    const lines = (await service.linesOf('few', 5)).toSorted((a, b) => Number(a['status']) - Number(b['status']));
    expect(lines.map(({ status, key }) => [status, key])).toEqual(
      [200, 200, 200, 429, 429].map((status) => [status, 'few']),
    );
    expect(await service.metric('api_key_requests_total{key="few",outcome="granted"}')).toBe(3);
    expect(await service.metric('api_key_requests_total{key="few",outcome="limited"}')).toBe(2);
  });

  it('is not used up by what needs no key or does not know it', async () => {
    for (let i = 0; i < 10; i++) {
      await service.ask('/health', bearer(keys.counted));
      await service.ask(PATH, { ...bearer(keys.counted), 'X-API-Key': 'another' });
      await fetch(`http://127.0.0.1:${service.port}${PATH}`, { method: 'POST', headers: bearer(keys.counted) });
    }
    expect((await service.ask(PATH, bearer(keys.counted))).headers['ratelimit']).toBe('"minute";r=4;t=60');
  });
});

describe('the counts', () => {
  it('are by name and by reason, and hold no key', async () => {
    const refused = (reason: string) => service.metric(`api_key_refusals_total{reason="${reason}"}`);
    const before = [await refused('missing'), await refused('unknown'), await refused('several')];
    await service.ask(PATH);
    await service.ask(PATH, bearer('made-up'));
    await service.ask(PATH, { ...bearer('a'), 'X-API-Key': 'b' });
    expect([await refused('missing'), await refused('unknown'), await refused('several')]).toEqual(
      before.map((count) => count + 1),
    );
    expect(await service.metric('api_keys')).toBe(4);
    const metrics = await service.app.get(Metrics).text();
    const names = new Set([...metrics.matchAll(/^api_key_requests_total\{key="([^"]*)"/gm)].map(([, name]) => name));
    expect(names).toEqual(new Set(Object.keys(keys)));
    for (const key of [...Object.values(keys), 'made-up']) expect(metrics).not.toContain(key);
  });
});

describe('the log', () => {
  it('holds none of the keys, known or not, after all of that', () => {
    const log = service.logged;
    expect(log).toContain('"key":"few"');
    for (const key of [...Object.values(keys), 'made-up']) expect(log).not.toContain(key);
  });
});

describe('the file of keys', () => {
  it('is read again when it is swapped, keeps the keys of before while it has a fault, and says so', async () => {
    const failing = () => service.metric('api_keys_file_failing');
    const next = keysOf({ mobile: PLENTY, fresh: undefined });
    folder.swap(next.text);
    await until('the new key is known', async () => (await service.ask(PATH, bearer(next.keys.fresh))).status === 200);
    expect((await service.ask(PATH, bearer(keys.web))).status).toBe(401);
    expect((await service.ask(PATH, bearer(keys.mobile))).status).toBe(401);
    expect(await service.metric('api_key_requests_total{key="few",outcome="granted"}')).toBeNaN();

    folder.swap(`${next.text}${next.keys.fresh}\n`);
    await until('the fault is seen', async () => (await failing()) === 1);
    expect((await service.ask(PATH, bearer(next.keys.fresh))).status).toBe(200);
    expect(service.logged).toContain('line 3: must be NAME SHA256 or NAME SHA256 LIMIT');
    expect(service.logged).not.toContain(next.keys.fresh);

    folder.swap(next.text);
    await until('the fault is over', async () => (await failing()) === 0);
    expect((await service.ask(PATH, bearer(next.keys.fresh))).status).toBe(200);
  }, 30_000);

  it('ends the start with every fault of it', async () => {
    const wrong = new KeyFolder('mobile\nweb abc\n');
    const starting = ListApp.started({ API_KEYS_FILE: wrong.path });
    await expect(starting).rejects.toThrow(
      /API_KEYS_FILE=.*: line 1: must be NAME[^]*API_KEYS_FILE=.*: line 2: the second/,
    );
    wrong.remove();
    await expect(ListApp.started({ API_KEYS_FILE: wrong.path })).rejects.toThrow(/API_KEYS_FILE=.*ENOENT/);
  });
});
