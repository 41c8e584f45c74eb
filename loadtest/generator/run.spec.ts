import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Histogram } from './histogram.js';
import type { LoadPlan } from './plan.js';
import { requestBytes } from './request-source.js';
import { runLoad } from './run.js';

type Handler = NonNullable<Parameters<typeof createServer>[1]>;

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

async function serve(handler: Handler): Promise<number> {
  server = createServer({}, handler);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function plan(port: number, more: Partial<LoadPlan> = {}): LoadPlan {
  return {
    ...{ host: '127.0.0.1', port, seconds: 20, maxRequests: 40, statuses: [200], observe: false },
    requests: { kind: 'list', method: 'GET', headers: {}, paths: ['/a', '/b'], repeat: true },
    model: { kind: 'closed', connections: 4 },
    ...more,
  };
}

const hello: Handler = (_request, response) => void response.setHeader('Content-Length', 5).end('hello');

describe('the load generator', () => {
  it.each(['192.168.0.1', '10.0.0.1', '0.0.0.0', 'localhost', 'charts.example', '::1', '127.0.0.1.charts.example', ''])(
    'sends nothing to %s',
    async (host) => {
      await expect(runLoad(plan(80, { host }))).rejects.toThrow('127.0.0.1 only');
    },
  );

  it.each([
    [{ seconds: 0 }, 'seconds'],
    [{ seconds: Infinity }, 'seconds'],
    [{ maxRequests: NaN }, 'maxRequests'],
    [{ model: { kind: 'closed', connections: 1e6 } as const }, 'connections'],
    [{ port: 0 }, 'port'],
  ])('refuses a plan without bounds: %j', async (more, message) => {
    await expect(runLoad(plan(80, more))).rejects.toThrow(message);
  });

  it('asks for the paths in turn, as often as it is told', async () => {
    const asked: (string | undefined)[] = [];
    const port = await serve((request, response) => {
      asked.push(request.url);
      hello(request, response);
    });
    const result = await runLoad(plan(port));
    expect([asked.filter((url) => url === '/a').length, asked.length]).toEqual([20, 40]);
    expect(result).toMatchObject({ requests: 40, bodyBytes: 200, errors: {} });
    expect(new Histogram().add(result.latency).count).toBe(40);
  });

  it('ends when a list that is not to be repeated has been asked', async () => {
    const requests = { kind: 'list', method: 'GET', headers: {}, paths: ['/a', '/b', '/c'], repeat: false } as const;
    expect((await runLoad(plan(await serve(hello), { requests }))).requests).toBe(3);
  });

  it('ends after its time, whatever is left to ask', async () => {
    const result = await runLoad(plan(await serve(hello), { seconds: 0.1, maxRequests: 1e8 }));
    expect(result.requests).toBeGreaterThan(0);
    expect(result.errors).toEqual({});
  });

  it('counts answers of another status and lost connections as errors, and goes on', async () => {
    let count = 0;
    const port = await serve((request, response) => {
      count += 1;
      if (count % 4 === 0) request.socket.destroy();
      else if (count % 4 === 1) void response.writeHead(503, { 'Content-Length': 0 }).end();
      else hello(request, response);
    });
    const { requests, errors } = await runLoad(plan(port));
    expect(errors['status 503']).toBe(10);
    expect(requests).toBe(20);
    expect(Object.values(errors).reduce((sum, one) => sum + one)).toBe(20);
  });

  it('opens a connection again when the server closes it after an answer', async () => {
    const port = await serve((request, response) => {
      response.setHeader('Connection', 'close');
      hello(request, response);
    });
    expect(await runLoad(plan(port))).toMatchObject({ requests: 40, errors: {} });
  });

  it('reads X-Cache and the time in Server-Timing when it is told to', async () => {
    const port = await serve((_request, response) => {
      void response.writeHead(304, { 'X-Cache': 'l1', 'Server-Timing': 'cache;desc="l1", total;dur=0.25' }).end();
    });
    const { caches, serverTime, bodyBytes } = await runLoad(plan(port, { statuses: [304], observe: true }));
    expect([caches, bodyBytes, new Histogram().add(serverTime).quantile(1)]).toEqual([{ l1: 40 }, 0, 250]);
  });

  it('counts refusals apart, with their Retry-After and from when they were sent, and what was never sent', async () => {
    let count = 0;
    const port = await serve((request, response) => {
      count += 1;
      if (count % 2 === 0) hello(request, response);
      else if (count % 4 === 1) void response.writeHead(503, { 'Content-Length': 0, 'Retry-After': '1' }).end();
      else void response.writeHead(503, { 'Content-Length': 0 }).end();
    });
    const model = { kind: 'open', connections: 1, requestsPerSecond: 10_000 } as const;
    const overload = { refusals: [503], patienceMs: 1000 };
    const result = await runLoad(plan(port, { model, overload }));
    const { refused, answered, retryAfter, unsent } = result.overload!;
    expect([result.requests, result.errors, unsent, retryAfter]).toEqual([20, {}, 0, { 1: 10, none: 10 }]);
    expect(new Histogram().add(refused).count).toBe(20);
    const [due, sent] = [new Histogram().add(result.latency), new Histogram().add(answered)];
    expect([due.count, sent.count]).toEqual([20, 20]);
    expect(sent.quantile(0.5)).toBeLessThanOrEqual(due.quantile(0.5));
  });

  it('gives up what finds no connection in time, as no error where it was told to expect that', async () => {
    const port = await serve((request, response) => void setTimeout(() => hello(request, response), 300));
    const model = { kind: 'open', connections: 1, requestsPerSecond: 1000 } as const;
    const result = await runLoad(plan(port, { model, overload: { refusals: [], patienceMs: 1000 } }));
    expect(result.errors).toEqual({});
    expect(result.overload!.unsent).toBeGreaterThan(0);
    expect(result.overload!.unsent + result.requests).toBe(40);
  });

  it('charges a stall to every request that was due meanwhile, in the open model', async () => {
    const [stallMs, gapMs, total] = [400, 10, 40];
    let firstMs: number | undefined;
    const port = await serve((request, response) => {
      firstMs ??= performance.now();
      setTimeout(() => hello(request, response), Math.max(0, firstMs + stallMs - performance.now()));
    });
    const model = { kind: 'open', connections: 2, requestsPerSecond: 1000 / gapMs } as const;
    const { requests, latency, errors } = await runLoad(plan(port, { model, maxRequests: total }));
    expect([requests, errors]).toEqual([total, {}]);
    // Half of the requests are due in the first half of the stall, so they wait for the other half at least.
    expect(new Histogram().add(latency).quantile(0.5)).toBeGreaterThan((stallMs / 2 - gapMs) * 1000);
  });

  it.each([
    [true, 5],
    [false, 1],
  ])('opens its connections before the first request is due when it is told to: %s', async (openFirst, connections) => {
    const seen: number[] = [];
    const port = await serve((request, response) => {
      server!.getConnections((_error, count) => {
        seen.push(count);
        hello(request, response);
      });
    });
    const model = { kind: 'open', connections: 5, requestsPerSecond: 2, openFirst } as const;
    expect(await runLoad(plan(port, { model, maxRequests: 3 }))).toMatchObject({ requests: 3, errors: {} });
    expect(seen).toEqual([connections, connections, connections]);
  });

  it.each([
    { kind: 'open', connections: 2, requestsPerSecond: 500 } as const,
    { kind: 'closed', connections: 2 } as const,
  ])('sends no more once it is stopped, and waits for what is under way: $kind model', async (model) => {
    const stop = new AbortController();
    let count = 0;
    const port = await serve((request, response) => {
      if (++count === 10) stop.abort();
      setTimeout(() => hello(request, response), 20);
    });
    const { requests, errors } = await runLoad(plan(port, { model, maxRequests: 1e6 }), stop.signal);
    expect([requests, errors]).toEqual([count, {}]);
    expect(count).toBeLessThanOrEqual(10 + model.connections);
  });
});

describe('a request', () => {
  it('is what HTTP/1.1 says', () => {
    const bytes = requestBytes('127.0.0.1:80', 'HEAD', '/a?b=c', { Accept: 'x' });
    expect(bytes.toString()).toBe('HEAD /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:80\r\nAccept: x\r\n\r\n');
  });

  it.each([['/a b'], ['/a\r\nX: y'], ['/a\nb']])('is refused when the path is %j', (path) => {
    expect(() => requestBytes('127.0.0.1:80', 'GET', path, {})).toThrow('not a request');
  });
});
