import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuiltDataset } from '../apps/api/src/dataset/testing/built-dataset.js';
import { chartHistory } from '../apps/api/src/dataset/testing/chart-history.js';
import type { RecordingFile } from '../loadtest/bench/servers/recording.js';
import { freePort } from '../loadtest/bench/ports.js';
import { ensureBuilt } from './setup/built-program.js';
import { MeasuredServer, type Asked, type MeasuredAnswer, type RequestCost } from './setup/measured-server.js';

/**
 * A guard against a slower hot path that does not depend on how fast the machine is: the bytes that a request allocates
 * beyond those of bare node:http with the same answer (fewer: heads are not checked and joined anew), and its hops
 * (promises, ticks, timers) through the event loop. `npm test -- tests/hot-path-cost` shows them. They repeat within 1 %,
 * also on a busy machine; a limit is what was measured and 2 to 3 % of a request's bytes, so that one object of two
 * members more a request is too much, and one promise is. Whoever makes a request cheaper lowers it.
 */
const MOST_BYTES = { logged: -1900, sampled: -2900, notModified: -650 } as const;
/** Promises of an answer that is read from DuckDB; four of them are for the look at the file after the query, which keeps
 * what was copied over it from being served. */
const MOST_PROMISES = 32.5;

let built: BuiltDataset;
const running: MeasuredServer[] = [];
beforeAll(async () => {
  await ensureBuilt('service', 'bareHttp');
  built = await BuiltDataset.of(chartHistory());
}, 120_000);
afterAll(async () => {
  await Promise.all(running.map((server) => server.stop()));
  await built.remove();
});

const LATEST: Asked = { path: '/rankings?region=Global&date=latest' };
/** What Node writes itself. */
const OWN_HEADERS = new Set(['date', 'connection', 'keep-alive']);

async function service(settings: Readonly<Record<string, string>> = {}): Promise<MeasuredServer> {
  const managementPort = await freePort();
  const server = await MeasuredServer.start('service', (port) => ({
    environment: {
      ...{
        HOST: '127.0.0.1',
        PORT: String(port),
        MANAGEMENT_HOST: '127.0.0.1',
        MANAGEMENT_PORT: String(managementPort),
      },
      ...{ DATASET_DIR: join(built.path, 'data'), CACHE_WARM_UP_MS: '0', DATASET_WATCH_SECONDS: '0', ...settings },
    },
  }));
  running.push(server);
  return server;
}

/** A bare node:http server that gives an answer. */
async function bareServer({ status, rawHeaders, body }: MeasuredAnswer): Promise<MeasuredServer> {
  const file = join(built.path, 'recording.json');
  const headers = rawHeaders.filter((_, i) => !OWN_HEADERS.has(rawHeaders[i - (i % 2)]!.toLowerCase()));
  writeFileSync(file, JSON.stringify({ status, headers, bodyBase64: body.toString('base64') } satisfies RecordingFile));
  const server = await MeasuredServer.start('bareHttp', (port) => ({ args: [String(port), file] }));
  running.push(server);
  return server;
}

interface Comparison {
  readonly answer: MeasuredAnswer;
  readonly own: RequestCost;
  /** The same answer without the service. */
  readonly least: RequestCost;
}

/** What a request costs in the service once it was answered before, and what the same answer costs without the service. */
async function compare(name: string, server: MeasuredServer, asked: Asked): Promise<Comparison> {
  await server.ask(asked);
  const answer = await server.ask(asked);
  const reference = await bareServer(answer);
  const [own, least] = [await server.costOf(asked), await reference.costOf(asked)];
  await reference.stop();
  const bytes = `${Math.round(own.bytes - least.bytes)} bytes a request beside ${Math.round(least.bytes)} of node:http`;
  process.stdout.write(`${name}: ${bytes}; ${hopsText(own.hops)}\n`);
  return { answer, own, least };
}

function hopsText(hops: RequestCost['hops']): string {
  return Object.entries(hops)
    .map(([type, count]) => `${type} ${count.toFixed(2)}`)
    .join(', ');
}

/** Where something is done once for many requests, a few hundredths of a hop. */
const NOW_AND_THEN = 0.05;

function expectNoFurtherHops({ own, least }: Comparison): void {
  const further = Object.entries(own.hops).filter(([type, count]) => count > (least.hops[type] ?? 0) + NOW_AND_THEN);
  expect(further).toEqual([]);
  expect(own.hops['PROMISE']).toBeUndefined();
}

describe('a request whose answer is in memory', () => {
  let server: MeasuredServer;
  beforeAll(async () => {
    server = await service();
  }, 60_000);

  it('allocates less than node:http, its log line included, and takes no further turn', async () => {
    const compared = await compare('from memory, logged', server, LATEST);
    expect(compared.answer.headers['x-cache']).toBe('l1');
    expectNoFurtherHops(compared);
    expect(compared.own.bytes - compared.least.bytes).toBeLessThan(MOST_BYTES.logged);
  }, 60_000);

  it('allocates less than node:http to say that nothing has changed', async () => {
    const { headers } = await server.ask(LATEST);
    const compared = await compare('304, logged', server, { ...LATEST, headers: { 'If-None-Match': headers.etag! } });
    expect(compared.answer.status).toBe(304);
    expectNoFurtherHops(compared);
    expect(compared.own.bytes - compared.least.bytes).toBeLessThan(MOST_BYTES.notModified);
  }, 60_000);

  it('allocates even less where one in a hundred is logged', async () => {
    const compared = await compare('from memory, 1 % logged', await service({ LOG_REQUEST_SAMPLE: '0.01' }), LATEST);
    expect(compared.answer.headers['x-cache']).toBe('l1');
    expectNoFurtherHops(compared);
    expect(compared.own.bytes - compared.least.bytes).toBeLessThan(MOST_BYTES.sampled);
  }, 60_000);
});

describe('a request whose answer has to be read', () => {
  it('waits for no more promises than it did', async () => {
    const server = await service({ CACHE_L1_MAX_BYTES: '0' });
    for (let i = 0; i < 10; i++) expect((await server.ask(LATEST)).headers['x-cache']).toBe('miss');
    const hops = await server.hopsOf(LATEST);
    process.stdout.write(`from DuckDB: ${hopsText(hops)}\n`);
    expect(hops['PROMISE']).toBeGreaterThan(0);
    expect(hops['PROMISE']).toBeLessThan(MOST_PROMISES);
  }, 60_000);
});
