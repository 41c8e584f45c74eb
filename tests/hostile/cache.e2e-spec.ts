import { RedisServer } from '../../apps/api/src/cache/testing/redis-server.js';
import { RunningService } from '../setup/running-service.js';

const DISTINCT = 2000;
const AT_ONCE = 16;
const MB = 2 ** 20;
const MOST_GROWTH_BYTES = 48 * MB;

let redis: RedisServer;
let service: RunningService;
beforeAll(async () => {
  redis = await RedisServer.started();
  service = await RunningService.start({
    ...{ REDIS_URL: redis.url, LOG_REQUEST_SAMPLE: '0', CACHE_WARM_UP_MS: '0', REDIS_TIMEOUT_MS: '1000' },
  });
}, 60_000);
afterAll(async () => {
  await service.stop();
  await redis.remove();
});

/** Reads and writes of keys that Redis has been asked for, by its own count. */
async function redisCommands(): Promise<number> {
  const text = String(await redis.run(['INFO', 'commandstats']));
  const keyed = [...text.matchAll(/^cmdstat_(get|mget|set|setex|psetex|getex|unlink|del|exists):calls=(\d+)/gm)];
  return keyed.reduce((sum, [, , calls]) => sum + Number(calls), 0);
}

interface Touched {
  readonly redis: number;
  readonly keys: number;
  readonly queries: number;
  readonly misses: number;
}

async function touched(): Promise<Touched> {
  return {
    redis: await redisCommands(),
    keys: Number(await redis.run(['DBSIZE'])),
    queries: await service.metric('duckdb_query_seconds_count'),
    misses: await service.metric('cache_requests_total', 'outcome="miss"'),
  };
}

const status = async (path: string) => (await service.get(path)).status;

/** Waits until what is written in the background is there. */
async function settled(): Promise<Touched> {
  let before = await touched();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = await touched();
    if (JSON.stringify(now) === JSON.stringify(before)) return now;
    before = now;
  }
}

async function inTurns(count: number, ask: (turn: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const client = async () => {
    while (next < count) await ask(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
}

const JUNK: readonly (readonly [what: string, path: (turn: number) => string])[] = [
  ['unknown regions', (turn) => `/rankings?region=Nowhere%20${turn}&date=latest`],
  [
    'days that are not in the data',
    (turn) => `/rankings?region=Global&date=19${10 + (turn % 90)}-01-0${1 + (turn % 9)}`,
  ],
  ['unknown artists', (turn) => `/artist?artist=Nobody%20${turn}`],
  ['unknown artists among tracks', (turn) => `/tracks?artist=Nobody%20${turn}`],
  ['unknown regions among tracks', (turn) => `/tracks?region=Nowhere%20${turn}&date=latest`],
  ['parameters that do not exist', (turn) => `/rankings?region=Global&date=latest&x${turn}=1`],
  ['parameters that are repeated', (turn) => `/rankings?region=Global&region=${turn}&date=latest`],
  ['limits out of range', (turn) => `/rankings?region=Global&date=latest&limit=${1001 + turn}`],
  ['offsets out of range', (turn) => `/artist?artist=Nobody&offset=${1_000_001 + turn}`],
  ['dates that are none', (turn) => `/tracks?date=2021-02-${30 + (turn % 60)}`],
  ['forms that do not exist', (turn) => `/tracks?format=f${turn}`],
  ['columns that do not exist', (turn) => `/tracks?fields=f${turn}`],
  ['paths that do not exist', (turn) => `/nothing-${turn}`],
  ['pages of problems that do not exist', (turn) => `/problems/p${turn}`],
];

describe('junk', () => {
  it('reaches Redis and DuckDB when it is none, so that the counts below mean something', async () => {
    const before = await settled();
    expect(await status('/rankings?region=Global&date=latest&limit=7')).toBe(200);
    const after = await settled();
    expect(after.redis).toBeGreaterThan(before.redis);
    expect(after.keys).toBe(before.keys + 1);
    expect(after.misses).toBe(before.misses + 1);
    expect(after.queries).toBeGreaterThan(before.queries);
  });

  it.each(JUNK)('(%s) reaches neither', async (_what, path) => {
    const before = await settled();
    await inTurns(50, async (turn) => status(path(turn)));
    expect(await settled()).toEqual(before);
  });

  it(`does not make the service grow: ${3 * DISTINCT} that differ`, async () => {
    const round = async (start: number) =>
      inTurns(DISTINCT, async (turn) => status(JUNK[turn % JUNK.length]![1](start + turn)));
    // What a process takes once is no growth.
    await round(1_000_000);
    await round(2_000_000);
    const [memory, entries] = [await service.memoryBytes(), await service.metric('cache_memory_entries')];
    for (let start = 3_000_000; start < 6_000_000; start += 1_000_000) await round(start);
    expect(await service.metric('cache_memory_entries')).toBe(entries);
    expect((await service.memoryBytes()) - memory).toBeLessThan(MOST_GROWTH_BYTES);
  }, 60_000);

  it('makes no series of metrics of its own', async () => {
    const text = await (await fetch(`http://127.0.0.1:${service.managementPort}/metrics`)).text();
    expect(text).not.toMatch(/Nowhere|Nobody|nothing-|x1="/);
    expect(text.split('\n').filter((line) => line.startsWith('http_requests_total')).length).toBeLessThan(100);
  });
});

describe('spellings of one question', () => {
  const region = 'Global';
  const spellings = [
    `/rankings?region=${region}&date=latest&limit=9&chart=viral50`,
    `/rankings?chart=viral50&limit=9&date=latest&region=${region}`,
    `/rankings?&&region=${region}&date=latest&&limit=9&chart=viral50&`,
    `/rankings?%72egion=Gl%6Fbal&d%61te=l%61test&limit=%39&chart=%76iral50`,
    `/rankings?region=%47%6c%6f%62%61%6C&date=latest&limit=9&chart=viral50`,
    `/rankings?region=${region}&date=latest&limit=9&chart=viral50&format=json`,
  ];

  it('are one answer: one key in Redis, one ETag, one load', async () => {
    const before = await settled();
    const tags = new Set<string | null>();
    for (const path of spellings) {
      const response = await service.get(path);
      expect([path, response.status]).toEqual([path, 200]);
      tags.add(response.headers.get('etag'));
    }
    const after = await settled();
    expect(tags.size).toBe(1);
    expect(after.keys).toBe(before.keys + 1);
    expect(after.misses).toBe(before.misses + 1);
  });

  it('differ where the answer does', async () => {
    const tags = [];
    for (const path of ['', '&limit=8', '&chart=viral50', '&format=csv', '&fields=artist']) {
      tags.push((await service.get(`/rankings?region=${region}&date=latest${path}`)).headers.get('etag'));
    }
    expect(new Set(tags).size).toBe(tags.length);
  });

  it('do not include headers that the answer does not depend on', async () => {
    const before = await settled();
    for (const headers of [
      { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' },
      { 'X-Original-URL': '/filters', 'X-HTTP-Method-Override': 'POST' },
      { Origin: 'https://evil.example', Cookie: 'a=b', Authorization: 'x', 'User-Agent': '<script>' },
    ]) {
      expect((await service.get(spellings[0]!, headers)).headers.get('x-cache')).toBe('l1');
    }
    expect((await settled()).keys).toBe(before.keys);
  });
});

describe('bytes in Redis that are not ours', () => {
  it('are never served: what another writes under our keys is made anew', async () => {
    const keys = (await redis.run(['KEYS', '*'])) as string[];
    expect(keys.length).toBeGreaterThan(0);
    const stranger = await RunningService.start({
      ...{ REDIS_URL: redis.url, CACHE_WARM_UP_MS: '0', CACHE_L1_MAX_BYTES: '0', REDIS_TIMEOUT_MS: '1000' },
    });
    try {
      const path = '/rankings?region=Global&date=latest&limit=9&chart=viral50';
      const right = await (await fetch(`http://127.0.0.1:${stranger.port}${path}`)).text();
      for (const wrong of ['<script>alert(1)</script>', '', '\0', '[]', '{"body":"x"}', 'x'.repeat(100_000)]) {
        for (const key of (await redis.run(['KEYS', '*'])) as string[]) await redis.run(['SET', key, wrong]);
        expect(await (await fetch(`http://127.0.0.1:${stranger.port}${path}`)).text()).toBe(right);
      }
    } finally {
      await stranger.stop();
    }
  }, 30_000);
});
