import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { createServer as createRaw, type AddressInfo, type Server } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Histogram } from '../generator/histogram.js';
import { endpointOf } from '../generator/endpoint.js';
import { readSettings, type Environment } from '../settings.js';
import { selfSigned } from '../testing/self-signed.js';
import { runScenario } from './run-scenario.js';

const WORDS = { regions: ['Atlantis'], dates: ['2021-01-02', '2021-01-01'], artists: ['The Invented'] };
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    if ('closeAllConnections' in server) (server.closeAllConnections as () => void)();
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const SHORT = { LOAD_RATE: '200', LOAD_DURATION_SECONDS: '1', LOAD_WRONG_SHARE: '0', LOAD_CONDITIONAL_SHARE: '0' };

function run(target: string, more: Environment = {}, signal = new AbortController().signal) {
  const settings = readSettings({ LOAD_TARGET: target, ...SHORT, ...more });
  return runScenario(endpointOf(target, settings.authority), settings, WORDS, Date.now(), signal);
}

async function runAgainst(handler: RequestListener, more: Environment = {}) {
  return run(`http://127.0.0.1:${await listen(createServer(handler))}`, more);
}

const list: RequestListener = (_request, response) => void response.setHeader('Content-Length', 2).end('[]');

describe('a scenario', () => {
  it('sends what is due and keeps its thresholds when all is answered', async () => {
    const summary = await runAgainst(list);
    expect(summary).toMatchObject({
      ...{ ok: true, tool: 'node', scenario: 'smoke', failures: {} },
      requests: { answered: 200, failed: 0, dropped: 0, wrongBodies: 0 },
    });
    expect(new Histogram().add(summary.latency!).count).toBe(200);
    expect(summary.series!.intervals.reduce((sum, { answered }) => sum + answered, 0)).toBe(200);
    expect(summary.thresholds.map(({ ok }) => ok)).toEqual([true, true, true, true]);
  });

  it('sends the share of its runner', async () => {
    const { requests } = await runAgainst(list, { LOAD_RUNNERS: '3', LOAD_RUNNER: '2' });
    expect(requests.answered).toBe(66);
  });

  it('breaks its thresholds by failures and by wrong bodies, and counts them by kind', async () => {
    let count = 0;
    const summary = await runAgainst((request, response) => {
      count += 1;
      if (count % 4 === 0) request.socket.destroy();
      else if (count % 4 === 1) void response.writeHead(503, { 'Content-Length': 0 }).end();
      else if (count % 4 === 2) void response.setHeader('Content-Length', 0).end();
      else list(request, response);
    });
    expect(summary.requests).toEqual({ answered: 100, failed: 100, dropped: 0, wrongBodies: 50 });
    expect(summary.failures).toEqual({ 'status 503': 50, reset: 50 });
    expect(summary.ok).toBe(false);
    expect(summary.thresholds.map(({ metric, value }) => [metric, value])).toEqual([
      ['http_req_failed', 0.5],
      ['checks', 0.25],
      ['dropped_iterations', 0],
      ['http_req_duration', expect.any(Number)],
    ]);
  });

  it('counts a server that is not there as failed connections', async () => {
    const port = await listen(createServer());
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const { failures, ok, latencyMs } = await run(`http://127.0.0.1:${port}`);
    expect([failures, ok, latencyMs.p99]).toEqual([{ connect: 200 }, false, null]);
  });

  it('counts what is no HTTP', async () => {
    const port = await listen(createRaw((socket) => void socket.on('data', () => socket.write('hello\r\n\r\n'))));
    expect((await run(`http://127.0.0.1:${port}`)).failures).toEqual({ protocol: 200 });
  });

  it('gives up what is not answered in time, and does not send what waited as long', async () => {
    const { failures, requests } = await runAgainst(() => undefined, { LOAD_CONNECTIONS: '2', LOAD_TIMEOUT_MS: '300' });
    expect(Object.keys(failures)).toEqual(['timeout']);
    expect(requests.failed).toBeGreaterThanOrEqual(4);
    expect(requests.dropped).toBeGreaterThan(100);
    expect(requests.failed + requests.dropped).toBe(200);
  });

  it('uses all connections in turn and renews each after its requests, not all at once', async () => {
    const perSocket = new Map<unknown, number>();
    const handler: RequestListener = (request, response) => {
      perSocket.set(request.socket, (perSocket.get(request.socket) ?? 0) + 1);
      list(request, response);
    };
    const { requests } = await runAgainst(handler, { LOAD_CONNECTIONS: '4', LOAD_CONNECTION_REQUESTS: '8' });
    const counts = [...perSocket.values()];
    expect(requests).toMatchObject({ answered: 200, failed: 0 });
    expect(counts.slice(0, 4).toSorted((a, b) => a - b)).toEqual([2, 4, 6, 8]);
    expect(Math.max(...counts)).toBe(8);
  });

  it('opens a connection again after "Connection: close", without a failure', async () => {
    const sockets = new Set();
    const { requests } = await runAgainst((request, response) => {
      sockets.add(request.socket);
      response.setHeader('Connection', 'close');
      list(request, response);
    });
    expect([requests.answered, requests.failed, sockets.size]).toEqual([200, 0, 200]);
  });

  it('sends the tags that it has seen', async () => {
    let matched = 0;
    const { requests } = await runAgainst(
      (request, response) => {
        const again = request.headers['if-none-match'] === '"v1"';
        if (again) matched += 1;
        if (again) void response.writeHead(304, { ETag: '"v1"' }).end();
        else list(request, response.setHeader('ETag', '"v1"'));
      },
      { LOAD_CONDITIONAL_SHARE: '0.5' },
    );
    expect(requests).toMatchObject({ answered: 200, failed: 0, wrongBodies: 0 });
    expect(matched).toBeGreaterThan(50);
  });

  it('ends early when it is told to, with what it has', async () => {
    const controller = new AbortController();
    const port = await listen(
      createServer((request, response) => {
        controller.abort();
        list(request, response);
      }),
    );
    const summary = await run(`http://127.0.0.1:${port}`, {}, controller.signal);
    expect(summary.interrupted).toBe(true);
    expect(summary.requests.answered).toBeLessThan(200);
  });
});

describe('a scenario over TLS', () => {
  const { key, cert } = selfSigned('charts.example');
  const before = getCACertificates('default');
  afterEach(() => setDefaultCACertificates(before));
  const secure = async (handler: RequestListener) =>
    `https://127.0.0.1:${await listen(createSecure({ key, cert }, handler))}`;

  it('asks for the name that it is given, as Host and in the handshake', async () => {
    setDefaultCACertificates([...before, cert]);
    const names = new Set();
    const target = await secure((request, response) => {
      names.add(`${request.headers.host} ${(request.socket as unknown as { servername: string }).servername}`);
      list(request, response);
    });
    const { requests } = await run(target, { LOAD_HOST: 'charts.example' });
    expect(requests).toMatchObject({ answered: 200, failed: 0 });
    expect([...names]).toEqual(['charts.example charts.example']);
  });

  it('does not talk to a server whose certificate it does not trust', async () => {
    let asked = 0;
    const target = await secure((request, response) => {
      asked += 1;
      list(request, response);
    });
    const { failures } = await run(target, { LOAD_HOST: 'charts.example' });
    expect([asked, failures]).toEqual([0, { connect: 200 }]);
  });
});
