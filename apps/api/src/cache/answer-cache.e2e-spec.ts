import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { JSON_TYPE } from './testing/guarded-redis.js';
import { bodyOf, SharedCache } from './testing/shared-cache.js';
import { RedisServer, until } from './testing/redis-server.js';

/** An answer waits 75 ms for Redis at the most; the rest is slack for a busy machine. */
const MOST_MS = 1000;
const CALM = { REDIS_TIMEOUT_MS: '5000' } as const;

const opened: { close?: () => Promise<void>; remove?: () => Promise<void> }[] = [];

async function startRedis(directives?: Parameters<typeof RedisServer.started>[0]): Promise<RedisServer> {
  const server = await RedisServer.started(directives);
  opened.push(server);
  return server;
}

function openCache(environment: Readonly<Record<string, string>>): SharedCache {
  const shared = new SharedCache(environment);
  opened.push(shared);
  return shared;
}

/** Resolves when answers come from Redis, asking for one over and over. */
function answering(shared: SharedCache, question = 'anything'): Promise<void> {
  return until('answers come from Redis', async () => (await shared.askAnew(question)).from === 'l2');
}

/** Asks for many answers, some of them at a time, and checks each. */
async function askMany(shared: SharedCache, label: string, count = 100): Promise<void> {
  for (let start = 0; start < count; start += 10) {
    const questions = Array.from({ length: 10 }, (_, index) => `${label} ${start + index}`);
    const found = await Promise.all(questions.map((question) => shared.ask(question)));
    found.forEach(({ answer }, index) => expect(answer.body).toEqual(bodyOf(questions[index]!)));
    await sleep(5);
  }
}

async function expectNoHarm(shared: SharedCache, label: string): Promise<void> {
  shared.longestMs = 0;
  await askMany(shared, label);
  expect(shared.longestMs).toBeLessThan(MOST_MS);
}

/**
 * A second after it opened, which a busy machine may have let pass, it lets one call through, which no answer waits for; its
 * failure opens it again. Until then it is neither; closed it is at no time.
 */
async function expectOpenBreaker(shared: SharedCache): Promise<void> {
  let state = await shared.breaker();
  await until('the call that was let through has ended', async () => {
    if (state !== 'half-open') return true;
    await shared.ask('whether it is back');
    state = await shared.breaker();
    return false;
  });
  expect(state).toBe('open');
}

/** Resolves when writes, which no answer waits for, are given up; where a busy machine let a second pass, again. */
function refusing(shared: SharedCache): Promise<void> {
  return until('the breaker of writes is open', async () => {
    const state = await shared.breaker('set');
    if (state === 'half-open') await shared.askAnew('whether it takes more');
    return state === 'open';
  });
}

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await (one.close?.() ?? one.remove?.());
});

describe('answers that processes share', () => {
  it('are made once, then come from memory, and from Redis for a process that has them not', async () => {
    const { url } = await startRedis();
    const [one, other] = [openCache({ REDIS_URL: url, ...CALM }), openCache({ REDIS_URL: url, ...CALM })];
    await Promise.all([answering(one), answering(other)]);
    const before = other.loads;
    expect((await one.ask('/rankings?limit=50')).from).toBe('miss');
    expect((await one.ask('/rankings?limit=50')).from).toBe('l1');
    await until('it is in Redis', async () => (await one.askAnew('/rankings?limit=50')).from === 'l2');
    const { answer, from } = await other.ask('/rankings?limit=50');
    expect([from, answer.contentType, answer.body]).toEqual(['l2', JSON_TYPE, bodyOf('/rankings?limit=50')]);
    expect((await other.ask('/rankings?limit=50')).from).toBe('l1');
    expect(other.loads).toBe(before);
    expect(await other.sample('cache_store_seconds_count{operation="get"}')).toBeGreaterThan(0);
  });

  it('are asked of Redis once for all that want them at the same time', async () => {
    const { url } = await startRedis();
    const shared = openCache({ REDIS_URL: url, ...CALM });
    await answering(shared);
    const before = shared.loads;
    const found = await Promise.all(Array.from({ length: 50 }, () => shared.ask('wanted')));
    expect(new Set(found.map(({ answer }) => answer)).size).toBe(1);
    expect(shared.loads - before).toBe(1);
    expect(await shared.sample('cache_flights_shared_total')).toBe(49);
  });

  it('live in Redis for the time that is set, give or take a tenth, packed when they are large', async () => {
    const server = await startRedis();
    const shared = openCache({ REDIS_URL: server.url, CACHE_TTL_SECONDS: '1000', ...CALM });
    await answering(shared);
    await shared.ask('large', 200_000);
    const key = shared.key('large');
    await until('it is written', async () => (await server.run(['EXISTS', key])) === 1);
    const ttl = Number(await server.run(['TTL', key]));
    expect(ttl).toBeGreaterThan(890);
    expect(ttl).toBeLessThanOrEqual(1100);
    expect(Number(await server.run(['STRLEN', key]))).toBeLessThan(20_000);
    expect((await shared.askAnew('large', 200_000)).answer.body).toEqual(bodyOf('large', 200_000));
  });

  it('are not mixed up between versions of the dataset', async () => {
    const { url } = await startRedis();
    const shared = openCache({ REDIS_URL: url, ...CALM });
    await answering(shared);
    shared.dataset.version = 'another-version-of-it';
    expect((await shared.ask('anything')).from).toBe('miss');
  });
});

describe('a Redis that is', () => {
  it('down at the start delays nothing, and is used once it is there', async () => {
    const server = await RedisServer.at();
    opened.push(server);
    const shared = openCache({ REDIS_URL: server.url });
    await expectNoHarm(shared, 'absent');
    await expectOpenBreaker(shared);
    expect(shared.lines.join()).toContain('ECONNREFUSED');
    await server.start();
    await answering(shared);
    expect(await shared.breaker()).toBe('closed');
  });

  it('killed delays nothing, and is used again when it is back', async () => {
    const server = await startRedis();
    const shared = openCache({ REDIS_URL: server.url });
    await answering(shared);
    const killed = server.kill();
    await expectNoHarm(shared, 'dying');
    await killed;
    await expectNoHarm(shared, 'dead');
    await expectOpenBreaker(shared);
    await server.start();
    await answering(shared);
  });

  it('stopped, with its connections open, is waited for until the deadline a few times and then left alone', async () => {
    const server = await startRedis();
    const shared = openCache({ REDIS_URL: server.url });
    await answering(shared);
    server.signal('SIGSTOP');
    await expectNoHarm(shared, 'stopped');
    await expectOpenBreaker(shared);
    expect(await shared.sample('cache_store_faults_total{operation="get",reason="timeout"}')).toBeGreaterThan(0);
    expect(await shared.sample('cache_store_faults_total{operation="get",reason="open"}')).toBeGreaterThan(0);
    server.signal('SIGCONT');
    await answering(shared);
  });

  it('quick is not taken for slow when this process was held up itself', async () => {
    const server = await startRedis();
    const shared = openCache({ REDIS_URL: server.url, REDIS_TIMEOUT_MS: '500' });
    await answering(shared);
    server.signal('SIGSTOP');
    const asked = shared.askAnew('anything');
    // By then the command is on its way; it is answered while this process stands still.
    await sleep(5);
    // After an immediate, timers come before sockets.
    await nextTurn();
    server.signal('SIGCONT');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    expect((await asked).from).toBe('l2');
  });

  it('full refuses writes and still answers reads', async () => {
    const server = await startRedis();
    const shared = openCache({ REDIS_URL: server.url, ...CALM });
    await answering(shared, 'kept');
    await server.run(['CONFIG', 'SET', 'maxmemory-policy', 'noeviction'], ['CONFIG', 'SET', 'maxmemory', '1']);
    await expectNoHarm(shared, 'refused');
    await refusing(shared);
    expect(await shared.breaker('get')).toBe('closed');
    expect((await shared.askAnew('kept')).from).toBe('l2');
    await server.run(['CONFIG', 'SET', 'maxmemory', '0']);
    await answering(shared, 'written again');
  });

  it('a replica delays nothing, still answers reads, and is written to once it is a master again', async () => {
    const server = await startRedis();
    const shared = openCache({ REDIS_URL: server.url, ...CALM });
    await answering(shared, 'kept');
    await server.run(['REPLICAOF', '127.0.0.1', '1']);
    await expectNoHarm(shared, 'refused');
    await refusing(shared);
    await answering(shared, 'kept');
    await server.run(['REPLICAOF', 'NO', 'ONE']);
    await answering(shared, 'written again');
  });

  it('locked delays nothing and the log does not tell the password', async () => {
    const { port } = await startRedis({ requirepass: 'sesame' });
    const shared = openCache({ REDIS_URL: `redis://:wrong-password@127.0.0.1:${port}` });
    await until('Redis has refused', () => shared.lines.length > 0);
    await expectNoHarm(shared, 'locked');
    expect(shared.lines.join()).toContain('WRONGPASS');
    expect(shared.lines.join()).not.toMatch(/sesame|wrong-password/);
  });
});

describe('what is wrong under a key of ours', () => {
  const WRONG: readonly (readonly [string, (stored: Buffer, other: Buffer) => Buffer])[] = [
    ['garbage', () => Buffer.from(Array.from({ length: 2000 }, (_, index) => (index * 89) % 256))],
    ['nothing at all', () => Buffer.alloc(0)],
    ['cut off', (stored) => stored.subarray(0, stored.length - 7)],
    ['one bit of the body', (stored) => flipped(stored, stored.length - 1)],
    ['one bit of the header', (stored) => flipped(stored, 8)],
    ['of another key', (_, other) => other],
    ['of a type that is no text', (stored) => stored],
  ];

  it.each(WRONG)('%s: the answer is made anew and written over it', async (name, damage) => {
    const server = await startRedis();
    const shared = openCache({ REDIS_URL: server.url, ...CALM });
    await answering(shared, 'damaged');
    const key = shared.key('damaged');
    const stored = await server.read(key);
    await answering(shared, 'another');
    const other = await server.read(shared.key('another'));
    if (name === 'of a type that is no text') await server.run(['DEL', key], ['LPUSH', key, 'an element']);
    else await server.run(['SET', key, damage(stored, other)]);
    const { from, answer } = await shared.askAnew('damaged');
    expect([from, answer.body]).toEqual(['miss', bodyOf('damaged')]);
    await answering(shared, 'damaged');
    expect(await server.read(key)).toEqual(stored);
    const reason = name === 'of a type that is no text' ? 'error' : 'wrong';
    expect(await shared.sample(`cache_store_faults_total{operation="get",reason="${reason}"}`)).toBeGreaterThan(0);
  });

  function flipped(stored: Buffer, index: number): Buffer {
    const bytes = Buffer.from(stored);
    bytes[index]! ^= 1;
    return bytes;
  }
});
