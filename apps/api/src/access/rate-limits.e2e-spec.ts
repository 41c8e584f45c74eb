import { openLimitsClient, type LimitsClient } from '../cache/open-store.js';
import { RedisServer, until } from '../cache/testing/redis-server.js';
import { readConfig } from '../config.js';
import { openLog } from '../logging.js';
import type { LocalReason } from './quota.js';
import { RateLimits } from './rate-limits.js';

const opened: LimitsClient[] = [];
let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.started();
});
afterEach(() => opened.splice(0).forEach(({ close }) => close()));
afterAll(() => redis.remove());

/** Milliseconds that no command needs on however busy a machine, and those that a process waits. */
const CALM_MS = 5000;
const DEADLINE_MS = 75;

/** The limits of a process that shares them by a Redis. */
async function sharing(url: string, { mode = 'single', keyPrefix = 'test:limit', timeoutMs = CALM_MS } = {}) {
  const config = readConfig({ REDIS_URL: url, REDIS_MODE: mode });
  const sink = { stream: { write: () => undefined }, close: () => undefined };
  const client = (await openLimitsClient(config, openLog(config.log, sink).logger))!;
  opened.push(client);
  const locals: LocalReason[] = [];
  const onLocal = (reason: LocalReason) => void locals.push(reason);
  const limits = new RateLimits({ client: client.client, keyPrefix, timeoutMs, onLocal });
  const connected = () =>
    until('connected', async () => {
      const before = locals.length;
      await limits.take('probe', 1_000_000);
      return locals.length === before;
    });
  return { limits, locals, connected };
}

describe('a limit', () => {
  it('lets through so many requests a minute, and tells how many are left and for how long', async () => {
    const limits = new RateLimits(undefined);
    const first = await limits.take('mobile', 3);
    expect(first).toEqual({ isWithin: true, limit: 3, remaining: 2, resetSeconds: 60 });
    const more = [await limits.take('mobile', 3), await limits.take('mobile', 3), await limits.take('mobile', 3)];
    expect(more.map(({ isWithin, remaining }) => [isWithin, remaining])).toEqual([
      [true, 1],
      [true, 0],
      [false, 0],
    ]);
    expect((await limits.take('web', 3)).remaining).toBe(2);
  });
});

describe('a limit that processes share', () => {
  it('counts what all of them let through, and is forgotten after a minute', async () => {
    const [one, other] = [await sharing(redis.url), await sharing(redis.url)];
    await Promise.all([one.connected(), other.connected()]);
    const taken = await Promise.all(
      Array.from({ length: 60 }, (_, i) => (i % 2 ? one : other).limits.take('shared', 40)),
    );
    expect(taken.filter(({ isWithin }) => isWithin)).toHaveLength(40);
    expect((await redis.read('test:limit:shared')).toString()).toMatch(/^\d+$/);
    const ttl = Number(await redis.run(['PTTL', 'test:limit:shared']));
    expect(ttl).toBeGreaterThan(50_000);
    expect(ttl).toBeLessThanOrEqual(60_000);
  });

  it('are counted in a cluster as well', async () => {
    const cluster = await RedisServer.started({ 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' });
    try {
      await cluster.run(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383']);
      const { limits, locals, connected } = await sharing(cluster.url, { mode: 'cluster' });
      await connected();
      locals.length = 0;
      const taken = [await limits.take('mobile', 2), await limits.take('mobile', 2), await limits.take('mobile', 2)];
      expect([taken.map(({ isWithin }) => isWithin), locals]).toEqual([[true, true, false], []]);
      expect((await cluster.read('test:limit:mobile')).toString()).toBe('3');
    } finally {
      await cluster.remove();
    }
  }, 20_000);

  it('needs no more of Redis than the commands that the operations page names', async () => {
    const commands = ['+evalsha', '+eval', '+set', '+incrby', '+pttl', '+expire'];
    await redis.run(['ACL', 'SETUSER', 'limits', 'on', '>secret', '~test:limit:*', ...commands]);
    const { limits, locals, connected } = await sharing(redis.url.replace('//', '//limits:secret@'));
    await connected();
    locals.length = 0;
    expect((await limits.take('bound', 10)).remaining).toBe(9);
    expect(locals).toEqual([]);
    expect((await redis.read('test:limit:bound')).toString()).toBe('1');
  });

  it('costs Redis nothing for who goes on over it', async () => {
    const { limits, connected } = await sharing(redis.url);
    await connected();
    for (let i = 0; i < 4; i++) await limits.take('eager', 3);
    const counted = (await redis.read('test:limit:eager')).toString();
    const over = await Promise.all(Array.from({ length: 50 }, () => limits.take('eager', 3)));
    expect(over.every(({ isWithin, remaining }) => !isWithin && remaining === 0)).toBe(true);
    expect(over[0]!.resetSeconds).toBeGreaterThan(30);
    expect((await redis.read('test:limit:eager')).toString()).toBe(counted);
  });
});

describe('a limit whose Redis has a fault', () => {
  it.each([
    ['is not there', (server: RedisServer) => server.kill(), 'error'],
    ['does not answer', (server: RedisServer) => Promise.resolve(server.signal('SIGSTOP')), 'timeout'],
    ['is full', (server: RedisServer) => server.run(['CONFIG', 'SET', 'maxmemory', '1']), 'error'],
    ['is a replica', (server: RedisServer) => server.run(['REPLICAOF', '127.0.0.1', '1']), 'error'],
    [
      'does not let this user',
      (server: RedisServer) => server.run(['ACL', 'SETUSER', 'default', '-eval', '-evalsha']),
      'error',
    ],
  ] as const)(
    'is counted locally, and Redis is left alone after a while: it %s',
    async (_name, break_, reason) => {
      const server = await RedisServer.started();
      try {
        const { limits, locals, connected } = await sharing(server.url, { timeoutMs: DEADLINE_MS });
        await connected();
        await limits.take('mobile', 4);
        await break_(server);
        const taken = [];
        for (let i = 0; i < 8; i++) taken.push(await limits.take('mobile', 4));
        // From the fault on this process counts from the beginning.
        expect(taken.filter(({ isWithin }) => isWithin)).toHaveLength(4);
        expect(locals).toContain(reason);
        expect(locals.at(-1)).toBe('open');
        server.signal('SIGCONT');
      } finally {
        await server.remove();
      }
    },
    20_000,
  );

  it('is shared again when Redis is back', async () => {
    const server = await RedisServer.started();
    try {
      const { limits, locals, connected } = await sharing(server.url, { timeoutMs: DEADLINE_MS });
      await connected();
      await server.kill();
      for (let i = 0; i < 8; i++) await limits.take('mobile', 1000);
      expect(locals.at(-1)).toBe('open');
      await server.start();
      await connected();
      await limits.take('mobile', 1000);
      expect((await server.read('test:limit:mobile')).toString()).toMatch(/^\d+$/);
    } finally {
      await server.remove();
    }
  }, 20_000);
});
