import { once } from 'node:events';
import { connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { startHttpApp, type HttpApp } from './testing/http-app.js';

let http: HttpApp;
let port: number;

beforeAll(async () => {
  http = await startHttpApp();
  port = (http.app.getHttpServer().address() as AddressInfo).port;
});
afterAll(() => http.app.close());

function get(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init });
}

/** Sends bytes that a well-behaved client cannot send, and reads until the service closes the connection. */
async function sendRaw(bytes: string): Promise<{ readonly head: string; readonly body: string }> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(Buffer.from(bytes, 'latin1'));
  const answer = await readAll(socket);
  const end = answer.indexOf('\r\n\r\n');
  return { head: answer.slice(0, end), body: answer.slice(end + 4) };
}

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toEqual({
    type: expect.stringMatching(/^\/problems\/[a-z-]+$/),
    title: expect.any(String),
    status: response.status,
    detail: expect.any(String),
    instance: expect.any(String),
    requestId: response.headers.get('x-request-id'),
    error: body['title'],
    ...(body['errors'] ? { errors: expect.any(Array) } : {}),
  });
  return body;
}

describe('an answer', () => {
  it('has the bytes, the media type and the common headers', async () => {
    const response = await get('/try/kinds?name=x');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('server-timing')).toMatch(/^total;dur=\d+(\.\d+)?$/);
    expect(response.headers.get('x-request-id')).toMatch(/^[\w-]{20}\.\d+$/);
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(await response.text()).toBe('{"name":"x","chart":"top200","limit":10,"offset":0}');
  });

  it('names the URL that date=latest stands for', async () => {
    expect((await get('/try/latest')).headers.get('content-location')).toBe('/try/latest?date=2021-01-01');
  });

  it('has the same headers and no body for HEAD', async () => {
    const [head, full] = await Promise.all([get('/try/kinds?name=x', { method: 'HEAD' }), get('/try/kinds?name=x')]);
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe(full.headers.get('content-length'));
    expect(await head.text()).toBe('');
  });

  it.each([
    ['a-B_c.9', true],
    ['x'.repeat(128), true],
    ['x'.repeat(129), false],
    ['a b', false],
    ['<script>', false],
  ])('keeps the request id %j when it is valid (%j)', async (given, kept) => {
    const id = (await get('/try/kinds?name=x', { headers: { 'X-Request-Id': given } })).headers.get('x-request-id');
    expect(id === given).toBe(kept);
    expect(id).toMatch(/^[A-Za-z0-9._-]{1,128}$/);
  });

  it('may be read by pages of any origin', async () => {
    const headers = { Origin: 'https://charts.example' };
    const response = await get('/try/kinds?name=x', { headers });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-expose-headers')).toContain('X-Request-Id');
    const preflight = await get('/try/kinds', {
      method: 'OPTIONS',
      headers: { ...headers, 'Access-Control-Request-Method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, HEAD');
    expect(preflight.headers.get('x-request-id')).not.toBeNull();
  });
});

describe('a problem', () => {
  it.each([
    ['/try/artist-not-found', 404, 'artist-not-found', 'Artist not found'],
    ['/nowhere', 404, 'not-found', 'Not found'],
    ['/try/kinds/', 404, 'not-found', 'Not found'],
    ['//', 404, 'not-found', 'Not found'],
    ['/%zz', 400, 'malformed-url', 'Malformed URL'],
    ['/try/%ff', 400, 'malformed-url', 'Malformed URL'],
    ['/try/kinds', 400, 'invalid-parameter', 'Invalid parameter'],
    ['/try/kinds?name=%ff', 400, 'invalid-parameter', 'Invalid parameter'],
    ['/try/fault', 500, 'internal-error', 'Internal error'],
  ])('%s is %d %s', async (path, status, code, error) => {
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(await problemOf(response)).toMatchObject({ type: `/problems/${code}`, error, instance: path });
  });

  it('has the status and headers of GET and no body for HEAD', async () => {
    const response = await get('/try/artist-not-found', { method: 'HEAD' });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await response.text()).toBe('');
  });

  it('lists faulty parameters', async () => {
    const problem = await problemOf(await get('/try/kinds?limit=abc'));
    expect(problem['errors']).toEqual([
      { parameter: 'name', message: 'is required: a name' },
      { parameter: 'limit', message: 'must be a whole number from 1 to 1000, got "abc"' },
    ]);
  });

  it.each(['full', 'timeout'])('asks to come back later when the database is busy (%s)', async (path) => {
    const response = await get(`/try/${path}`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    await problemOf(response);
  });

  it('never tells what a fault of the service was about', async () => {
    expect(await (await get('/try/fault')).text()).not.toContain('hunter2');
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'PURGE'])('refuses %s with Allow', async (method) => {
    const response = await get('/try/kinds?name=x', { method, ...(method === 'POST' && { body: '{broken' }) });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    await problemOf(response);
  });

  it.each([
    ['GARBAGE\r\n\r\n', 400, 'malformed-request'],
    ['GET /try/kinds?name=Beyonc\u00c3\u00a9 HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'malformed-request'],
    ['GET / HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n', 400, 'malformed-request'],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    [`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'headers-too-large'],
  ])('answers bytes that are no HTTP (%#)', async (bytes, status, code) => {
    const { head, body } = await sendRaw(bytes);
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ type: `/problems/${code}`, status, requestId: expect.any(String) });
  });
});
