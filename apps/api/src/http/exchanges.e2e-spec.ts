import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connections } from '../lifecycle/connections.js';
import { Drain } from '../lifecycle/drain.js';
import { Metrics } from '../metrics/metrics.js';
import { startHttpApp, type HttpApp } from './testing/http-app.js';

const opened: HttpApp[] = [];
afterEach(async () => {
  for (const { app } of opened.splice(0)) await app.close();
});

async function start(environment: Record<string, string> = {}) {
  const http = await startHttpApp(environment);
  opened.push(http);
  const { port } = http.app.getHttpServer().address() as AddressInfo;
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    await response.text();
    return response;
  };
  return { ...http, port, get };
}

/** The lines, once there are so many; a line follows its answer. */
async function linesOf({ lines }: HttpApp, count: number): Promise<Record<string, unknown>[]> {
  for (let turns = 0; lines().length < count && turns < 500; turns++) await sleep(10);
  return lines();
}

describe('the log of requests', () => {
  it('has one line for each with what is worth knowing', async () => {
    const http = await start();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const response = await http.get('/try/kinds?name=x', {
      headers: { traceparent, 'X-Request-Id': 'me', Authorization: 'Bearer secret', Cookie: 'a=secret' },
    });
    const lines = await linesOf(http, 1);
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
        msg: 'request',
        method: 'GET',
        url: '/try/kinds?name=x',
        route: '/try/kinds',
        status: 200,
        durationMs: expect.any(Number),
        bytes: Number(response.headers.get('content-length')),
        requestId: 'me',
        client: '127.0.0.1',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('holds the fault with its stack when an answer is 500, once', async () => {
    const http = await start();
    await http.get('/try/fault');
    expect(await linesOf(http, 1)).toEqual([
      expect.objectContaining({
        level: 'error',
        status: 500,
        err: expect.objectContaining({
          type: 'Error',
          message: 'password=hunter2 is wrong',
          stack: expect.stringContaining('    at '),
        }),
      }),
    ]);
  });

  it('never repeats a made-up path as a route, and has malformed URLs, preflights and HEAD', async () => {
    const http = await start();
    await http.get('/made/up');
    await http.get('/%zz');
    await http.get('/try/kinds', { method: 'OPTIONS' });
    await http.get('/try/kinds?name=x', { method: 'HEAD' });
    const lines = await linesOf(http, 4);
    expect(lines.map(({ method, route, status, bytes }) => [method, route, status, Number(bytes) > 0])).toEqual([
      ['GET', '(unmatched)', 404, true],
      ['GET', '(unmatched)', 400, true],
      ['OPTIONS', '*', 204, false],
      ['HEAD', '/try/kinds', 200, false],
    ]);
  });

  it('leaves out successes by the sample, never errors or slow ones', async () => {
    const http = await start({ LOG_REQUEST_SAMPLE: '0', LOG_SLOW_MS: '100' });
    await http.get('/try/kinds?name=x');
    await http.get('/try/slow?ms=150');
    await http.get('/try/kinds');
    await http.get('/try/fault');
    const lines = await linesOf(http, 3);
    expect(lines.map(({ level, status }) => [level, status])).toEqual([
      ['warn', 200],
      ['info', 400],
      ['error', 500],
    ]);
  });

  it('has a line for a client that left before its answer', async () => {
    const http = await start();
    const socket = connect(http.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /try/slow?ms=400 HTTP/1.1\r\nHost: x\r\n\r\n');
    await sleep(100);
    socket.destroy();
    expect((await linesOf(http, 1))[0]).toMatchObject({ route: '/try/slow', status: 499 });
    expect(await http.app.get(Metrics).text()).toContain('http_requests_in_flight 0');
  });
});

describe('the metrics of requests', () => {
  it('count by template of the route, method and status', async () => {
    const http = await start();
    await http.get('/try/kinds?name=x');
    await http.get('/try/kinds?name=y');
    await http.get('/made/up');
    await linesOf(http, 3);
    const text = await http.app.get(Metrics).text();
    expect(text).toContain('http_requests_total{route="/try/kinds",method="GET",status="200"} 2');
    expect(text).toContain('http_requests_total{route="(unmatched)",method="GET",status="404"} 1');
    expect(text).toContain('http_request_duration_seconds_count{route="/try/kinds",method="GET"} 2');
    expect(text).not.toContain('made');
  });
});

describe('a service that drains', () => {
  it('asks each client to close its connection', async () => {
    const http = await start();
    expect((await http.get('/try/kinds?name=x')).headers.get('connection')).toBe('keep-alive');
    http.app.get(Drain).begin();
    expect((await http.get('/try/kinds?name=x')).headers.get('connection')).toBe('close');
    expect((await http.get('/%zz')).headers.get('connection')).toBe('close');
  });

  it('knows how many connections are busy', async () => {
    const http = await start();
    const connections = http.app.get(Connections);
    const pending = http.get('/try/slow?ms=200');
    await sleep(100);
    expect([connections.open, connections.requests]).toEqual([1, 1]);
    await pending;
    await linesOf(http, 1);
    expect(connections.requests).toBe(0);
  });
});
