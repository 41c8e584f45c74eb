import { setTimeout as sleep } from 'node:timers/promises';
import { readArtists } from '../../loadtest/vocabulary.js';
import { recordFault } from './fault-record.js';
import { SteadyLoad } from './load-process.js';
import { ManagementWatch } from './management-watch.js';
import type { LoadedService } from './overload-load.js';
import {
  closeClients,
  closedAfterMs,
  openClients,
  openMany,
  trickle,
  type Client,
  writeToEach,
} from './slow-clients.js';
import type { SteadyResult } from './steady-requests.js';

/** Limits under which slow clients are tried, by settings of the service. */
export const SLOW_LIMITS = { headersMs: 1500, requestMs: 2500, sendMs: 1000, unsentBytes: 16 * 2 ** 20 } as const;
/** The service with these limits. */
export const SLOW_SETTINGS = {
  KEEP_ALIVE_TIMEOUT_MS: String(SLOW_LIMITS.headersMs - 500),
  HEADERS_TIMEOUT_MS: String(SLOW_LIMITS.headersMs),
  REQUEST_TIMEOUT_MS: String(SLOW_LIMITS.requestMs),
  SEND_TIMEOUT_MS: String(SLOW_LIMITS.sendMs),
  MAX_UNSENT_BYTES: String(SLOW_LIMITS.unsentBytes),
} as const;
const STEADY_PER_SECOND = 100;
/** Connections that these requests take. */
const BESIDE_CONNECTIONS = 16;
/** Nothing is looked at more often than this says it is late. */
const LATE_MS = 1000;
const MOST_GROWTH_MIB = 200;
/** Bytes that one client asks for at once: more than the system takes in for a client that does not read. */
const ASKED_BYTES = 8_000_000;
/** Milliseconds from one client that reads nothing to the next. */
const DEAF_EVERY_MS = 20;
const LARGEST_PAGE = 1000;

/** After each part that it gets, the client that reads slowly waits. */
const READER_PAUSE_MS = 10;

interface Others extends SteadyResult {
  readonly p99Ms: number;
  /** Probes and metrics that were not answered. */
  readonly unprobed: number;
  readonly memoryMib: number;
}

/** None of the others noticed anything. */
function expectCalm({ errors, answered, unprobed }: Others): void {
  expect(errors).toEqual({});
  expect(answered).toBeGreaterThan(0);
  expect(unprobed).toBe(0);
}

/** Requests for what is in memory, and looks at the probes, beside something. */
class Beside {
  private readonly watch: ManagementWatch;
  private readonly steady: SteadyLoad;

  constructor(private readonly loaded: LoadedService) {
    const { service, hot } = loaded;
    this.watch = new ManagementWatch(service.managementPort);
    this.steady = new SteadyLoad({
      port: service.port,
      requestsPerSecond: STEADY_PER_SECOND,
      connections: BESIDE_CONNECTIONS,
      paths: hot,
    });
  }

  /** What came of them. */
  async end(): Promise<Others> {
    const result = await this.steady.stop();
    await this.watch.stop();
    const memoryMib = (await this.loaded.service.memoryBytes()) / 2 ** 20;
    const { failed: unprobed } = this.watch;
    return { ...result, unprobed, p99Ms: result.latency.quantile(0.99) / 1000, memoryMib };
  }
}

/** Opens connections that say nothing, say their headers byte by byte, or a body; each is closed at its limit. */
export async function slowRequests(loaded: LoadedService, each: number): Promise<void> {
  const { port } = loaded.service;
  const beside = new Beside(loaded);
  const head = 'GET /nothing HTTP/1.1\r\nHost: x\r\nX-Slow: ';
  const silent = await openMany(port, each);
  const headers = await openMany(port, each);
  await writeToEach(headers, head);
  const bodies = await openMany(port, each);
  await writeToEach(bodies, `${head}1\r\nContent-Length: 1000\r\n\r\n`);
  const stop = trickle([...headers, ...bodies], 'a', 100);
  const { headersMs, requestMs } = SLOW_LIMITS;
  const all = [silent, headers, bodies];
  const closed = await Promise.all(all.map((clients) => closedAfterMs(clients, 4 * requestMs)));
  stop();
  all.forEach(closeClients);
  const others = await beside.end();
  const { sent, failed, worstMs, p99Ms } = others;
  const latest = closed.map((times) => Math.max(...times));
  recordFault({
    ...{ door: 'overload', fault: `${3 * each} connections: silent, headers byte by byte, a body byte by byte` },
    ...{ sent, failed, worstMs, lost: 'none' },
    seen: 'beside requests for what is in memory, which the counts are of; all closed, those with a 408 that had begun',
    limits: [
      { name: 'silent, closed after ms', value: latest[0]!, most: headersMs + LATE_MS },
      { name: 'headers, closed after ms', value: latest[1]!, most: headersMs + LATE_MS },
      { name: 'body, closed after ms', value: latest[2]!, most: requestMs + LATE_MS },
      { name: 'p99 of the others, ms', value: p99Ms, most: 100 },
    ],
  });
  expectCalm(others);
  for (const times of closed) expect(times.filter((ms) => ms === Infinity)).toEqual([]);
  // Before its limit nobody is closed.
  for (const times of closed) expect(Math.min(...times)).toBeGreaterThan(headersMs / 2);
  // A reset for a byte that came after may overtake it.
  expect(headers.filter(({ begin }) => begin.startsWith('HTTP/1.1 408 ')).length).toBeGreaterThan(0);
  expect(headers.filter(({ begin }) => begin !== '' && !begin.startsWith('HTTP/1.1 408 ')).length).toBe(0);
}

/** Clients that ask for megabytes and read nothing of them, after one that reads slowly. */
export async function slowReaders(loaded: LoadedService, count: number): Promise<void> {
  const { service } = loaded;
  const reader = await slowReader(loaded);
  const before = await service.memoryBytes();
  const openBefore = await service.metric('http_connections_open');
  const beside = new Beside(loaded);
  const asks = await largeAsks(loaded);
  const deaf: Client[] = [];
  while (deaf.length < count) {
    const [client] = openClients(service.port, 1, false);
    client!.socket.pause().write(asks(deaf.length));
    deaf.push(client!);
    await sleep(DEAF_EVERY_MS);
  }
  const startedAt = performance.now();
  const left = () => service.metric('http_connections_open').then((now) => now - openBefore - BESIDE_CONNECTIONS);
  // A client that reads nothing does not hear that it was closed.
  while ((await left()) > 0 && performance.now() - startedAt < 12 * SLOW_LIMITS.sendMs) await sleep(50);
  const closedMs = performance.now() - startedAt;
  const remaining = Math.max(0, await left());
  const others = await beside.end();
  const { sent, failed, worstMs, p99Ms, memoryMib } = others;
  closeClients(deaf);
  const stalled = await service.metric('http_connections_given_up_total', 'stalled');
  const unsent = await service.metric('http_connections_given_up_total', 'unsent');
  recordFault({
    ...{
      door: 'overload',
      fault: `${count} clients that ask for ${ASKED_BYTES / 1e6} MB in large answers and read nothing`,
    },
    ...{ sent, failed, worstMs, lost: 'none' },
    seen: `beside requests for what is in memory, which the counts are of; ${unsent} closed for all that waited, ${stalled} as they took nothing; one that read slowly got its ${reader} bytes`,
    limits: [
      {
        name: 'closed after ms',
        value: closedMs,
        most: 2 * SLOW_LIMITS.sendMs + 3 * LATE_MS,
      },
      { name: 'memory grown by, MiB', value: memoryMib - before / 2 ** 20, most: MOST_GROWTH_MIB },
      { name: 'p99 of the others, ms', value: p99Ms, most: 100 },
    ],
  });
  expectCalm(others);
  expect(remaining).toBe(0);
  // Others come to the limit of a request of which the service has not taken the rest, as its answers are not taken.
  expect(stalled + unsent).toBeGreaterThan(0);
  expect(stalled + unsent).toBeLessThanOrEqual(count);
  expect(await service.metric('http_requests_in_flight')).toBe(0);
}

/** Requests of one client, all at once, for pages of artists that no other client asks for. */
async function largeAsks({ service, filters }: LoadedService): Promise<(client: number) => string> {
  const url = `http://127.0.0.1:${service.port}`;
  const chart = await fetch(`${url}/rankings?region=${encodeURIComponent(filters.regions[0]!)}&date=latest&limit=50`);
  const artists = readArtists(await chart.json()).map(encodeURIComponent);
  const path = (artist: string, limit: number) => `/artist?artist=${artist}&limit=${limit}`;
  const sizes = artists.map(async (artist) => {
    const answer = await fetch(url + path(artist, LARGEST_PAGE));
    return [artist, (await answer.arrayBuffer()).byteLength] as const;
  });
  const [largest, bytes] = (await Promise.all(sizes)).toSorted((a, b) => b[1] - a[1])[0]!;
  const each = Math.ceil(ASKED_BYTES / bytes);
  return (client) =>
    Array.from({ length: each }, (_, i) => {
      // Each for itself: what is asked for twice would push out of memory what the others ask for.
      return `GET ${path(largest, LARGEST_PAGE - client)}&offset=${i} HTTP/1.1\r\nHost: x\r\n\r\n`;
    }).join('');
}

/** Reads megabytes of answers with pauses, in all longer than the limit; resolves with the bytes, and expects that all came. */
async function slowReader({ service, filters }: LoadedService): Promise<number> {
  const region = encodeURIComponent(filters.regions[0]!);
  const paths = Array.from({ length: 4 }, () => filters.dates.slice(0, 100)).flat();
  const requests = paths.map(
    (date, i) =>
      `GET /rankings?region=${region}&date=${date}&limit=200 HTTP/1.1\r\nHost: x\r\n${i === paths.length - 1 ? 'Connection: close\r\n' : ''}\r\n`,
  );
  const [client] = openClients(service.port, 1);
  const { socket } = client!;
  const marks: string[] = [];
  socket.on('data', (chunk: Buffer) => {
    marks.push(chunk.toString('latin1'));
    socket.pause();
    setTimeout(() => socket.resume(), READER_PAUSE_MS);
  });
  socket.write(requests.join(''));
  await closedAfterMs([client!], 10 * SLOW_LIMITS.sendMs);
  closeClients([client!]);
  expect(marks.join('').split('HTTP/1.1 200 ').length - 1).toBe(requests.length);
  return client!.bytes;
}
