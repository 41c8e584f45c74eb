import { setTimeout as sleep } from 'node:timers/promises';
import { mostConnections, openFilesLimit } from '../../apps/api/src/lifecycle/open-files.js';
import { Histogram } from '../../loadtest/generator/histogram.js';
import { recordFault } from './fault-record.js';
import { SteadyLoad } from './load-process.js';
import { ManagementWatch } from './management-watch.js';
import type { LoadedService } from './overload-load.js';
import { openFiles } from './process-paths.js';
import { closeClients, closedAfterMs, openClients, type Client } from './slow-clients.js';

/** Limits under which many connections are tried, by settings of the service. */
export const CONNECTION_LIMITS = { headersMs: 8000, connections: 12_000 } as const;
/** The service with these limits. */
export const CONNECTION_SETTINGS = {
  KEEP_ALIVE_TIMEOUT_MS: String(CONNECTION_LIMITS.headersMs - 1000),
  HEADERS_TIMEOUT_MS: String(CONNECTION_LIMITS.headersMs),
  REQUEST_TIMEOUT_MS: String(CONNECTION_LIMITS.headersMs),
  MAX_CONNECTIONS: String(CONNECTION_LIMITS.connections),
} as const;
const STEADY_PER_SECOND = 100;
/** Connections that are opened at a time, so that none waits for a place in the queue of the system. */
const AT_A_TIME = 200;
const SHORT_AT_A_TIME = 64;

/** Opens many connections that ask nothing; they are kept until their limit, and others are answered meanwhile. */
export async function idleConnections(loaded: LoadedService, wanted: number): Promise<void> {
  const { service, hot } = loaded;
  // This process has to have as many open as the service.
  const count = Math.min(wanted, mostConnections(openFilesLimit()) - 500);
  const before = await service.memoryBytes();
  const watch = new ManagementWatch(service.managementPort);
  const steady = new SteadyLoad({ port: service.port, requestsPerSecond: STEADY_PER_SECOND, paths: hot });
  const clients: Client[] = [];
  while (clients.length < count) {
    const some = openClients(service.port, Math.min(AT_A_TIME, count - clients.length));
    clients.push(...some);
    while (some.some(({ socket }) => socket.connecting)) await sleep(2);
  }
  await sleep(200);
  const [open, memory] = [await service.metric('http_connections_open'), await service.memoryBytes()];
  const closed = await closedAfterMs(clients, 2 * CONNECTION_LIMITS.headersMs + 4000);
  const { sent, failed, worstMs, errors, latency } = await steady.stop();
  await watch.stop();
  closeClients(clients);
  const kib = (memory - before) / 1024 / count;
  recordFault({
    ...{
      door: 'overload',
      fault: `${count} idle connections${count < wanted ? ' (as many as this process may open)' : ''}`,
    },
    ...{ sent, failed, worstMs, lost: 'none' },
    seen: `${open} open at once; beside requests for what is in memory, which the counts are of`,
    limits: [
      { name: 'closed after ms', value: Math.max(...closed), most: CONNECTION_LIMITS.headersMs + 2000 },
      { name: 'memory of each, KiB', value: kib, most: 20 },
      { name: 'p99 of the others, ms', value: latency.quantile(0.99) / 1000, most: 100 },
      { name: 'slowest probe or metrics, ms', value: watch.worstMs, most: 1000 },
    ],
  });
  expect(open).toBeGreaterThanOrEqual(count);
  expect(closed.filter((ms) => ms === Infinity)).toEqual([]);
  expect(errors).toEqual({});
  expect(watch.failed).toBe(0);
}

/** Opens a connection for each of many requests. */
export async function shortConnections(loaded: LoadedService, count: number): Promise<void> {
  const { service, hot } = loaded;
  const [memory, files] = [await service.memoryBytes(), openFiles(service.pid).length];
  const watch = new ManagementWatch(service.managementPort);
  const openBefore = await service.metric('http_connections_open');
  const latency = new Histogram();
  const started = performance.now();
  let [next, failed] = [0, 0];
  const one = async () => {
    while (next < count) {
      const path = hot[next++ % hot.length]!;
      const [client] = openClients(service.port, 1);
      client!.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      await new Promise((resolve) => client!.socket.once('close', resolve));
      if (client!.begin.startsWith('HTTP/1.1 200 ')) latency.record((performance.now() - client!.openedAt) * 1000);
      else failed++;
    }
  };
  await Promise.all(Array.from({ length: SHORT_AT_A_TIME }, one));
  const perSecond = (count * 1000) / (performance.now() - started);
  await watch.stop();
  await sleep(200);
  const grownMib = ((await service.memoryBytes()) - memory) / 2 ** 20;
  const open = await service.metric('http_connections_open');
  recordFault({
    ...{ door: 'overload', fault: `${count} connections of one request each, ${SHORT_AT_A_TIME} at a time` },
    ...{ sent: count, failed, worstMs: latency.maxUs / 1000, lost: 'none' },
    seen: `${Math.round(perSecond)} a second, as fast as this process opens them`,
    limits: [
      { name: 'p99, ms', value: latency.quantile(0.99) / 1000, most: 250 },
      { name: 'memory grown by, MiB', value: grownMib, most: 100 },
      { name: 'files more than before', value: openFiles(service.pid).length - files, most: 20 },
      { name: 'slowest probe or metrics, ms', value: watch.worstMs, most: 1000 },
    ],
  });
  expect(failed).toBe(0);
  expect(open).toBeLessThanOrEqual(openBefore);
  expect(watch.failed).toBe(0);
}

/** Opens more connections than there may be: the rest is closed at once and counted, and later ones find room again. */
export async function tooManyConnections(loaded: LoadedService, most: number): Promise<void> {
  const { service, hot } = loaded;
  const more = 50;
  const already = await service.metric('http_connections_open');
  const clients = openClients(service.port, most + more - already);
  const refused = () => service.metric('http_connections_refused_total');
  const before = await refused();
  for (let turns = 0; (await refused()) - before < more && turns < 100; turns++) await sleep(20);
  const closed = clients.filter(({ closedAt }) => closedAt !== undefined);
  const open = clients.find(({ closedAt }) => closedAt === undefined)!;
  open.socket.write(`GET ${hot[0]!} HTTP/1.1\r\nHost: x\r\n\r\n`);
  for (let turns = 0; open.bytes === 0 && turns < 100; turns++) await sleep(20);
  closeClients(clients);
  for (let turns = 0; (await service.metric('http_connections_open')) > already && turns < 100; turns++)
    await sleep(20);
  const { status } = await service.get(hot[0]!);
  recordFault({
    ...{ door: 'overload', fault: `${most + more} connections where ${most} may be open` },
    ...{ sent: 2, failed: (open.begin.startsWith('HTTP/1.1 200 ') ? 0 : 1) + (status === 200 ? 0 : 1), lost: 'none' },
    seen: `${closed.length} closed at once, the others kept and answered; room again after they left`,
  });
  expect(closed.length).toBe(more);
  expect(open.begin).toMatch(/^HTTP\/1\.1 200 /);
  expect(status).toBe(200);
}
