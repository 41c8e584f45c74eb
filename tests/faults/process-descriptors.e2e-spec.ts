import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer, until } from '../../apps/api/src/cache/testing/redis-server.js';
import { RunningService } from '../setup/running-service.js';
import { SwappedDataset } from '../setup/swapped-dataset.js';
import { recordFault } from './fault-record.js';
import { coldPaths, openFiles, READ_FROM_FILE } from './process-paths.js';

/** Files and sockets that the process may have open; half of them are for clients. */
const LIMIT = 200;
const CLIENTS = LIMIT / 2;
const HELD = 20;
const FLOOD = 300;
const PATH = '/rankings?region=Global&date=latest';

let redis: RedisServer;
let swapped: SwappedDataset;
let service: RunningService;
const opened: Socket[] = [];
let held: Agent;
beforeEach(async () => {
  [redis, swapped] = await Promise.all([RedisServer.started(), SwappedDataset.create()]);
  const settings = { DATASET_DIR: swapped.dir, DATASET_WATCH_SECONDS: '1', REDIS_URL: redis.url };
  service = await RunningService.start({ ...settings, LOG_REQUEST_SAMPLE: '0', ...READ_FROM_FILE }, [], {
    openFiles: LIMIT,
  });
  held = new Agent({ keepAlive: true, maxSockets: HELD });
}, 60_000);
afterEach(async () => {
  opened.splice(0).forEach((socket) => socket.destroy());
  held.destroy();
  await service.stop();
  await redis.remove();
  await swapped.remove();
});

/** Opens connections that ask nothing; resolves when each is open or refused. */
async function flood(port: number): Promise<void> {
  const sockets = Array.from({ length: FLOOD }, () => connect(port, '127.0.0.1'));
  opened.push(...sockets);
  await Promise.all(
    sockets.map(async (socket) => {
      socket.on('error', () => undefined);
      await once(socket.resume(), 'connect').catch(() => undefined);
    }),
  );
  await sleep(500);
}

interface Asked {
  readonly right: number;
  readonly worstMs: number;
  readonly etags: ReadonlySet<string | undefined>;
}

/** Asks on each of the connections that were open before. */
async function askHeld(path = () => PATH): Promise<Asked> {
  const etags = new Set<string | undefined>();
  let [right, worstMs] = [0, 0];
  const ask = () =>
    new Promise<void>((resolve) => {
      const began = performance.now();
      const request = get({ host: '127.0.0.1', port: service.port, path: path(), agent: held }, (response) => {
        response.resume().on('end', () => {
          right += response.statusCode === 200 ? 1 : 0;
          etags.add(response.headers.etag);
          worstMs = Math.max(worstMs, performance.now() - began);
          resolve();
        });
      });
      request.on('error', () => resolve());
    });
  await Promise.all(Array.from({ length: HELD }, ask));
  return { right, worstMs, etags };
}

const cold = coldPaths();
/** A breaker closes with the first question that reaches Redis. */
async function areBreakersClosed(): Promise<boolean> {
  await askHeld(cold);
  return (await service.metric('cache_breaker_state', 'state="closed"')) === 2;
}
const etagNow = async () => (await service.get(PATH, { 'accept-encoding': 'identity' })).headers.get('etag') ?? '';
const logged = (text: string) => service.log.filter((line) => line.includes(text)).length;

/** Ends Redis for a while, in which questions are asked that need it. */
async function interruptRedis(): Promise<void> {
  await redis.kill();
  await askHeld(cold);
  await redis.start();
}

describe('out of file descriptors', () => {
  it('by connections of clients', async () => {
    await askHeld();
    await flood(service.port);
    const files = openFiles(service.pid).length;
    expect((await fetch(`http://127.0.0.1:${service.managementPort}/livez`)).status).toBe(200);
    const refused = await service.metric('http_connections_refused_total');
    const open = await service.metric('http_connections_open');
    swapped.pointTo(swapped.versions[1]);
    await until('the new version', async () => (await service.metric('dataset_replacements_total')) === 1);
    await interruptRedis();
    await until('the breakers closed', areBreakersClosed);
    const { right, worstMs } = await askHeld();
    opened.splice(0).forEach((socket) => socket.destroy());
    await until('room', async () => (await service.metric('http_connections_open')) <= HELD);
    const after = (await service.get(PATH)).status;
    recordFault({
      ...{ door: 'process', fault: `${FLOOD} connections where ${LIMIT} files may be open`, sent: HELD, worstMs },
      ...{ failed: HELD - right, lost: `${refused} connections refused` },
      seen: `${open} connections and ${files} files open; probes, metrics, a new version and Redis went on; ${logged('connections are refused')} line in the log; well after`,
    });
    expect([right, open, after]).toEqual([HELD, CLIENTS, 200]);
    expect(refused).toBeGreaterThanOrEqual(FLOOD - CLIENTS);
    expect(files).toBeLessThan(LIMIT - 20);
    expect(logged('connections are refused')).toBe(1);
  }, 60_000);

  it('wholly, by connections of its own port as well', async () => {
    const { etags } = await askHeld();
    await flood(service.port);
    await flood(service.managementPort);
    const files = openFiles(service.pid).length;
    swapped.pointTo(swapped.versions[1]);
    await interruptRedis();
    await sleep(2500);
    const lines = service.log.length;
    const { right, worstMs, etags: still } = await askHeld();
    opened.splice(0).forEach((socket) => socket.destroy());
    // Until then new connections, those of the metrics among them, are closed at once.
    await until('room', () =>
      service.metric('http_connections_open').then(
        (open) => open <= HELD,
        () => false,
      ),
    );
    await until('the new version', async () => !etags.has(await etagNow()));
    await until('the breakers closed', areBreakersClosed);
    const failing = await service.metric('dataset_refresh_failing');
    recordFault({
      ...{ door: 'process', fault: `all ${LIMIT} files that may be open in use`, sent: HELD, failed: HELD - right },
      ...{ worstMs, lost: 'new connections, probes among them' },
      seen: `${files} files open; the old version served on, the new one and Redis back after; ${logged('too many')} line in the log`,
    });
    expect(files).toBeGreaterThanOrEqual(LIMIT - 2);
    expect([right, [...still], failing]).toEqual([HELD, [...etags], 0]);
    expect(service.alive).toBe(true);
    expect(lines).toBeLessThan(20);
    expect(logged('dataset cannot be replaced')).toBe(1);
  }, 60_000);
});
