import { randomBytes } from 'node:crypto';
import type { GuardOptions } from '#libs/read-through';
import { answerCodec } from './cached-answer.js';
import { GuardedRedis, JSON_TYPE } from './testing/guarded-redis.js';
import { RedisServer, until } from './testing/redis-server.js';

/** Where no deadline is meant to pass, on however busy a machine. */
const CALM = { timeoutMs: 5000 } as const;

describe('a guarded Redis', () => {
  const ends: (() => Promise<void>)[] = [];
  const server = async (...args: Parameters<typeof RedisServer.at>) => {
    const made = await RedisServer.at(...args);
    ends.push(() => made.remove());
    return made;
  };
  const client = (url: string, options?: Partial<GuardOptions>) => {
    const made = new GuardedRedis(url, options);
    ends.unshift(() => made.close());
    return made;
  };

  /** A server that runs, and a cache that works with it. */
  const working = async (options?: Partial<GuardOptions>) => {
    const redis = await server();
    await redis.start();
    const cache = client(redis.url, options);
    await cache.works();
    return { redis, cache };
  };

  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  it('has no values while the server is down, and works once it is up', async () => {
    const redis = await server();
    const cache = client(redis.url);
    for (let i = 0; i < 20; i++) {
      await cache.write('a', 'value');
      expect(await cache.read('a')).toBeUndefined();
    }
    expect(cache.guarded.state('get')).not.toBe('closed');
    expect(cache.reasons.length).toBeGreaterThan(0);
    await redis.start();
    await cache.works();
    expect([cache.guarded.state('get'), cache.guarded.state('set')]).toEqual(['closed', 'closed']);
  });

  it('has no values after the server was killed, and works again when that is back', async () => {
    const { redis, cache } = await working();
    for (let round = 0; round < 2; round++) {
      await redis.kill();
      for (let i = 0; i < 20; i++) expect(await cache.read('works')).toBeUndefined();
      await redis.start();
      await cache.works();
    }
  });

  it('waits for what was under way no longer than for anything else when the server is killed', async () => {
    const { redis, cache } = await working();
    redis.signal('SIGSTOP');
    const asked = Array.from({ length: 200 }, (_, i) => cache.read(`${i}`));
    await redis.kill();
    expect(await Promise.all(asked)).toEqual(Array(200).fill(undefined));
  });

  it('has no values while the server hangs, and works again when it goes on', async () => {
    const { redis, cache } = await working();
    redis.signal('SIGSTOP');
    try {
      expect(await Promise.all(Array.from({ length: 100 }, () => cache.read('works')))).toEqual(
        Array(100).fill(undefined),
      );
      await cache.write('works', 'no');
      expect(await cache.read('works')).toBeUndefined();
      expect(cache.guarded.state('get')).not.toBe('closed');
    } finally {
      redis.signal('SIGCONT');
    }
    await cache.works();
  });

  it('works again after a hang so long that the connection was given up', async () => {
    const { redis, cache } = await working();
    redis.signal('SIGSTOP');
    try {
      await until('the connection is given up', async () => {
        await cache.read('works');
        return cache.reasons.some((reason) => reason.includes('Socket timeout'));
      });
      expect(await cache.read('works')).toBeUndefined();
    } finally {
      redis.signal('SIGCONT');
    }
    await cache.works();
  });

  it('has no values with a wrong password, and works once it is the right one', async () => {
    const redis = await server();
    await redis.start();
    await redis.run(['ACL', 'SETUSER', 'cache', 'on', '>sesame', '~*', '+get', '+set']);
    const cache = client(redis.url.replace('//', '//cache:poppy@'));
    await until('the password is refused', () => cache.reasons.some((reason) => reason.includes('WRONGPASS')));
    await cache.write('a', 'value');
    expect(await cache.read('a')).toBeUndefined();
    await redis.run(['ACL', 'SETUSER', 'cache', '>poppy']);
    await cache.works();
  });

  it('has no values for a user who may not use them', async () => {
    const redis = await server();
    await redis.start();
    await redis.run(['ACL', 'SETUSER', 'guest', 'on', '>sesame', '~other:*', '+get', '+set']);
    const cache = client(redis.url.replace('//', '//guest:sesame@'), { ...CALM, failures: 1000 });
    await until('the user is connected', async () => {
      await cache.write('other:a', 'value');
      return (await cache.read('other:a')) === 'value';
    });
    cache.faults.length = 0;
    await cache.write('a', 'value');
    expect(await cache.read('a')).toBeUndefined();
    expect(cache.faults).toEqual(['set error', 'get error']);
    expect(await cache.read('other:a')).toBe('value');
  });

  it('goes on reading from a server that is full', async () => {
    const redis = await server({ maxmemory: '3mb', 'maxmemory-policy': 'noeviction' });
    await redis.start();
    const cache = client(redis.url, { ...CALM, retryMs: 60_000 });
    await cache.works();
    await cache.write('early', 'value');
    for (let i = 0; i < 40; i++) await cache.write(`${i}`, randomBytes(200_000));
    expect(cache.faults).toContain('set error');
    expect([cache.guarded.state('get'), cache.guarded.state('set')]).toEqual(['closed', 'open']);
    expect(await cache.read('early')).toBe('value');
    await cache.write('late', 'value');
    expect(await cache.read('late')).toBeUndefined();
    expect(await cache.read('early')).toBe('value');
  });

  it('takes what others wrote under its keys for no value, and writes it over', async () => {
    const { redis, cache } = await working(CALM);
    const value = { body: Buffer.from('value'), contentType: JSON_TYPE };
    const whole = Buffer.from(await answerCodec.encode(value, 'whole'));
    const junk: readonly (Buffer | string)[] = [
      '',
      'hello',
      '{"json":true}',
      randomBytes(2000),
      whole.subarray(0, -1),
      whole.subarray(0, 8),
      Buffer.concat([whole, whole]),
      whole,
    ];
    for (const [i, bytes] of junk.entries()) {
      await redis.run(['SET', `junk:${i}`, bytes]);
      cache.faults.length = 0;
      expect(await cache.read(`junk:${i}`)).toBeUndefined();
      expect(cache.faults).toEqual(['get wrong']);
      await cache.write(`junk:${i}`, 'value');
      expect(await cache.read(`junk:${i}`)).toBe('value');
    }
    await redis.run(['SET', 'whole', whole]);
    expect(await cache.read('whole')).toBe('value');
    expect(cache.guarded.state('get')).toBe('closed');
  });

  it('takes a key that holds no string for no value', async () => {
    const { redis, cache } = await working(CALM);
    await redis.run(['RPUSH', 'list', 'value']);
    expect(await cache.read('list')).toBeUndefined();
    await cache.write('list', 'value');
    expect(await cache.read('list')).toBe('value');
  });

  it('lets the server forget a value after its ttl', async () => {
    const redis = await server();
    await redis.start();
    const cache = client(redis.url, { ...CALM, ttlSeconds: 1000 });
    await cache.works();
    const seconds = Number(await redis.run(['TTL', 'works']));
    expect(seconds).toBeGreaterThan(850);
    expect(seconds).toBeLessThanOrEqual(1100);
  });

  it('finds a server by an IPv6 address', async () => {
    const redis = await server({ bind: ['127.0.0.1', '::1'] });
    await redis.start();
    await client(`redis://[::1]:${redis.port}`).works();
  });

  it('holds no process open once it is closed, whether the server is there or not', async () => {
    const redis = await server();
    const cache = client(redis.url);
    await until('the server was looked for', () => cache.reasons.length > 0);
    await cache.close();
    await redis.start();
    const count = cache.reasons.length;
    expect(await cache.read('a')).toBeUndefined();
    expect(cache.reasons.length).toBe(count);
  });
});
