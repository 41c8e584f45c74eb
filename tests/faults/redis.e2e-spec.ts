import { faults, repeatedly, suffer } from './redis-faults.js';
import { breaker, RedisPair } from './redis-pair.js';
import { spoil } from './spoilt-keys.js';

const SHORT_MS = 1500;
/** For so long that those who wait before it is noticed are few among all. */
const HANG_MS = 5000;

let pair: RedisPair;
beforeAll(async () => {
  pair = await RedisPair.start();
}, 60_000);
afterAll(() => pair.stop());

/** Whether the Redis runs; every test but the first begins with one that does. */
let up = false;
async function start(): Promise<void> {
  if (!up) await pair.redis.start();
  up = true;
}

describe('Redis', () => {
  it('refuses connections from the start', async () => {
    const begin = () => Promise.resolve();
    const visible = [breaker('get'), faults('get', 'open')];
    await suffer(pair, { fault: 'refused from the start', begin, end: start, durationMs: SHORT_MS, visible }, true);
  });

  it('is killed', async () => {
    await start();
    await suffer(pair, {
      fault: 'killed',
      begin: () => pair.redis.kill(),
      end: () => pair.redis.start(),
      durationMs: SHORT_MS,
      visible: [breaker('get'), faults('get', 'error')],
    });
  });

  it('hangs with its connections open', async () => {
    await start();
    await suffer(pair, {
      fault: 'SIGSTOP (half-open)',
      begin: () => Promise.resolve(pair.redis.signal('SIGSTOP')),
      end: () => Promise.resolve(pair.redis.signal('SIGCONT')),
      durationMs: HANG_MS,
      visible: [breaker('get'), faults('get', 'timeout')],
    });
  });

  it('takes another password', async () => {
    await start();
    await suffer(pair, {
      fault: 'wrong password',
      begin: () => pair.lock('another'),
      end: () => pair.unlock(),
      durationMs: SHORT_MS,
      visible: [breaker('get'), faults('get', 'error')],
    });
    expect(pair.service.log.join()).not.toMatch(/sesame/);
  });

  it('has other bytes under our keys', async () => {
    await start();
    let spoilt = 0;
    let stop = () => Promise.resolve();
    const spoilAll = async () => {
      spoilt += await spoil(pair.redis, 200);
    };
    await suffer(pair, {
      fault: 'cut off, flipped, random, empty and foreign bytes under our keys',
      begin: () => Promise.resolve(void (stop = repeatedly(spoilAll))),
      end: () => stop(),
      durationMs: SHORT_MS,
      visible: [faults('get', 'wrong')],
    });
    expect(spoilt).toBeGreaterThan(100);
  });
});
