import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer, until } from '../../apps/api/src/cache/testing/redis-server.js';
import { RunningService } from '../setup/running-service.js';
import { SwappedDataset } from '../setup/swapped-dataset.js';
import { recordFault } from './fault-record.js';
import { coldPaths, READ_FROM_FILE } from './process-paths.js';
import { SteadyRequests } from './steady-requests.js';

const HOUR_MS = 3_600_000;
/**
 * Loaded before the program: from SIGUSR2 on its wall clock is an hour behind, as after a correction. The clock of timers
 * and durations is another one, which the system never sets.
 */
const CLOCK = `
  const { now } = Date;
  let aside = 0;
  process.on('SIGUSR2', () => (aside = -${HOUR_MS}));
  Date.now = () => now() + aside;
  globalThis.Date = new Proxy(Date, {
    construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [target.now()], made),
    apply: (target) => new target(target.now()).toString(),
  });
`;

interface Line {
  readonly time: string;
  readonly msg: string;
  readonly durationMs?: number;
}

let redis: RedisServer;
let swapped: SwappedDataset;
let service: RunningService;
beforeAll(async () => {
  [redis, swapped] = await Promise.all([RedisServer.started(), SwappedDataset.create()]);
  const settings = { DATASET_DIR: swapped.dir, DATASET_WATCH_SECONDS: '1', REDIS_URL: redis.url };
  service = await RunningService.start({ ...settings, SHUTDOWN_DRAIN_MS: '200', ...READ_FROM_FILE }, [
    `--import=data:text/javascript,${encodeURIComponent(CLOCK)}`,
  ]);
}, 60_000);
afterAll(async () => {
  await service.stop();
  await redis.remove();
  await swapped.remove();
});

const closedBreakers = () => service.metric('cache_breaker_state', 'state="closed"');

describe('a wall clock', () => {
  it('that is set back by an hour', async () => {
    const requests = new SteadyRequests({ port: service.port, requestsPerSecond: 300, paths: coldPaths() });
    await sleep(500);
    service.signal('SIGUSR2');
    await sleep(300);
    swapped.pointTo(swapped.versions[1]);
    await until('the new version', async () => (await service.metric('dataset_replacements_total')) === 1);
    await redis.kill();
    await until('the breaker open', async () => (await closedBreakers()) < 2);
    await redis.start();
    await until('the breaker closed', async () => (await closedBreakers()) === 2);
    const { sent, failed, errors, worstMs } = await requests.stop();
    service.signal('SIGTERM');
    const code = await service.ended;

    const lines = service.log.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
    const times = lines.map(({ time }) => Date.parse(time));
    const durations = lines.flatMap(({ durationMs }) => durationMs ?? []);
    const back = times.findIndex((time, i) => time < (times[i - 1] ?? 0) - HOUR_MS / 2);
    recordFault({
      ...{ door: 'process', fault: 'wall clock set back by an hour under 300 requests/s', sent, failed, worstMs },
      lost: 'nothing',
      seen: `a new version taken over, the breaker open and closed, ended with ${code}; ${durations.length} durations logged, none negative`,
    });
    expect(errors).toEqual({});
    expect(back).toBeGreaterThan(0);
    expect(durations.length).toBeGreaterThan(300);
    expect(durations.filter((ms) => !(ms >= 0 && ms < HOUR_MS / 2))).toEqual([]);
    expect(code).toBe(0);
  }, 60_000);
});
