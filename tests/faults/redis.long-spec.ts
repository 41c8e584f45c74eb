import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from '../../apps/api/src/cache/testing/redis-server.js';
import { recordFault } from './fault-record.js';
import { endureRounds, faults, repeatedly, suffer } from './redis-faults.js';
import { breaker, RedisPair } from './redis-pair.js';
import { SlowRelay } from './slow-relay.js';
import { spoil } from './spoilt-keys.js';

const LONG_MS = 8000;
const FLAPPING_MS = 20_000;
const HANG_MS = 500;
const ROUNDS = 24;
const MB = 2 ** 20;

let pair: RedisPair;
let relay: SlowRelay;
let master: RedisServer;
beforeAll(async () => {
  master = await RedisServer.started();
  pair = await RedisPair.start(async (port) => {
    relay = await SlowRelay.start(port);
    return relay.port;
  });
  await pair.redis.start();
}, 60_000);
afterAll(async () => {
  await pair.stop();
  await relay.stop();
  await master.remove();
});

const configure = (...settings: readonly string[]) => pair.redis.run(['CONFIG', 'SET', ...settings]);
const replicate = (...what: readonly string[]) => pair.redis.run(['REPLICAOF', ...what]);

/** What has to be seen of a Redis that refuses writes: their breaker, and answers that still come from it. */
const REFUSED_WRITES = [breaker('set'), faults('set', 'error')] as const;

describe('Redis', () => {
  it('takes 200 ms for everything', async () => {
    const delay = (ms: number) => () => Promise.resolve(void (relay.delayMs = ms));
    await suffer(pair, {
      fault: 'slow: each way takes 200 ms',
      ...{ begin: delay(200), end: delay(0), durationMs: LONG_MS },
      visible: [breaker('get'), faults('get', 'timeout')],
    });
  }, 60_000);

  it('is full', async () => {
    await suffer(pair, {
      fault: 'full: writes are refused (OOM), reads answered',
      begin: () => configure('maxmemory-policy', 'noeviction', 'maxmemory', '1'),
      end: () => configure('maxmemory', '0'),
      durationMs: LONG_MS,
      visible: [...REFUSED_WRITES, breaker('get', 'closed'), ['cache_requests_total', 'outcome="l2"']],
      path: pair.mixed,
      recovers: 'set',
    });
  }, 60_000);

  it('becomes a read-only replica', async () => {
    await suffer(pair, {
      fault: 'a replica that takes no writes',
      begin: () => replicate('127.0.0.1', String(master.port)),
      end: () => replicate('NO', 'ONE'),
      durationMs: LONG_MS,
      visible: REFUSED_WRITES,
      path: pair.mixed,
      recovers: 'set',
    });
  }, 60_000);

  it('comes and goes every second', async () => {
    let stop = () => Promise.resolve();
    const flap = async () => {
      await pair.redis.kill();
      await sleep(1000);
      await pair.redis.start();
      await sleep(1000);
    };
    await suffer(pair, {
      fault: 'flapping: a second down, a second up',
      begin: () => Promise.resolve(void (stop = repeatedly(flap))),
      end: () => stop(),
      durationMs: FLAPPING_MS,
      visible: [breaker('get'), faults('get', 'error')],
    });
  }, 60_000);

  it('fails again and again', async () => {
    const kinds = [
      { begin: () => pair.redis.kill(), end: () => pair.redis.start() },
      { begin: () => signal('SIGSTOP'), end: () => signal('SIGCONT') },
      { begin: () => pair.lock('another'), end: () => pair.unlock() },
      { begin: () => spoil(pair.redis, 0), end: () => Promise.resolve() },
    ];
    const signal = (name: 'SIGSTOP' | 'SIGCONT') => Promise.resolve(pair.redis.signal(name));
    const course = await endureRounds(pair, ROUNDS, kinds, HANG_MS);
    const { sent, failed, latency, errors } = course.result;
    recordFault({
      ...{ door: 'Redis', fault: `${ROUNDS} faults in a row, of four kinds`, sent, failed, lost: 'none' },
      worstMs: latency.maxUs / 1000,
      seen: 'memory and descriptors after each',
      limits: [
        { name: 'MB between the second and the last quarter', value: course.grownBytes / MB, most: 12 },
        { name: 'descriptors more', value: course.grownDescriptors, most: 8 },
        { name: 'seconds to recover at worst', value: course.slowestMs / 1000, most: 5 },
      ],
    });
    expect(errors).toEqual({});
  }, 120_000);
});
