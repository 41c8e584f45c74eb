import { converse, type Reply } from './exchange.js';
import { RunningService } from '../setup/running-service.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
const PAGE_TYPE = 'text/html; charset=utf-8';
const LIST = '/rankings?region=Global&date=latest';

/** One of each kind of answer: what is asked, the status, and the type of the body if there is one. */
const KINDS: readonly (readonly [asked: string, status: number, type: string | undefined, lines?: string])[] = [
  [`GET ${LIST}`, 200, JSON_TYPE],
  [`HEAD ${LIST}`, 200, JSON_TYPE],
  [`GET ${LIST}&limit=200`, 200, JSON_TYPE, 'Accept-Encoding: br'],
  [`GET ${LIST}&format=csv`, 200, 'text/csv; charset=utf-8; header=present'],
  [`GET ${LIST}&format=ndjson`, 200, 'application/x-ndjson; charset=utf-8'],
  [`GET ${LIST}&format=arrow`, 200, 'application/vnd.apache.arrow.stream'],
  [`GET ${LIST}`, 200, 'text/csv; charset=utf-8; header=present', 'Accept: text/csv'],
  [`GET ${LIST}`, 304, undefined, 'If-None-Match: *'],
  ['GET /health', 200, 'text/plain; charset=utf-8'],
  ['GET /', 302, 'text/plain; charset=utf-8'],
  ['GET /openapi.json', 200, JSON_TYPE],
  ['GET /docs', 200, PAGE_TYPE],
  ['GET /docs/start.js', 200, 'text/javascript; charset=utf-8'],
  ['GET /docs/swagger-ui.css', 200, 'text/css; charset=utf-8'],
  ['GET /problems', 200, PAGE_TYPE],
  ['GET /problems/not-found', 200, PAGE_TYPE],
  ['OPTIONS /rankings', 204, undefined, 'Origin: https://a.example\r\nAccess-Control-Request-Method: GET'],
  ['GET /rankings', 400, PROBLEM_TYPE],
  ['HEAD /rankings', 400, PROBLEM_TYPE],
  ['GET /%zz', 400, PROBLEM_TYPE],
  [`GET ${LIST}`, 400, PROBLEM_TYPE, 'Host: another.example'],
  [`GET ${LIST}`, 400, PROBLEM_TYPE, 'no header'],
  ['GET /nothing', 404, PROBLEM_TYPE],
  ['GET /docs/nothing', 404, PROBLEM_TYPE],
  ['GET /artist?artist=nobody', 404, PROBLEM_TYPE],
  [`POST ${LIST}`, 405, PROBLEM_TYPE],
  ['TRACE /health', 405, PROBLEM_TYPE],
  [`GET ${LIST}`, 406, PROBLEM_TYPE, 'Accept: image/png'],
  [`GET /docs/${'a'.repeat(500)}`, 414, PROBLEM_TYPE],
  ['GET /health', 417, PROBLEM_TYPE, 'Expect: the-unexpected'],
  ['GET /health', 431, PROBLEM_TYPE, `X-A: ${'a'.repeat(20_000)}`],
];

const NO_LINES = 'X-A: b';

/** What a version or the name of a program would be found in, were it told. */
const TELLING =
  /^(?:server|x-powered-by|via|x-aspnet[^:]*|x-generator|set-cookie):|fastify|nest|node|duckdb|\bv?\d+\.\d+\.\d+\b/im;

let service: RunningService;
let busy: RunningService;
beforeAll(async () => {
  service = await RunningService.start();
  busy = await RunningService.start({ DUCKDB_CONNECTIONS: '1', DUCKDB_MAX_QUEUED: '0', CACHE_WARM_UP_MS: '0' });
}, 60_000);
afterAll(async () => {
  await service.stop();
  await busy.stop();
});

async function ask(asked: string, lines = NO_LINES, port = service.port): Promise<Reply> {
  const head = [`${asked} HTTP/1.1`, 'Host: charts.example', 'Connection: close', lines, '', ''].join('\r\n');
  const { replies } = await converse(port, {
    ...{ bytes: Buffer.from(head, 'latin1'), complete: true, closes: true, head: asked.startsWith('HEAD ') },
  });
  expect(replies).toHaveLength(1);
  return replies[0]!;
}

function expectSafe({ head, headers, body }: Reply, type: string | undefined): void {
  expect(headers.get('content-type')).toBe(type);
  if (type === undefined) expect(body).toHaveLength(0);
  else expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(head.replaceAll(/^(?:x-request-id|etag|server-timing|date): .*$/gim, '')).not.toMatch(TELLING);
  // Every origin may read the answers, so none may have a client's own among them.
  expect(headers.has('access-control-allow-credentials')).toBe(false);
  // Over plain HTTP nobody may be told to use nothing but TLS: that is for what ends it.
  expect(headers.has('strict-transport-security')).toBe(false);
  if (type !== undefined) expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('x-frame-options')).toBe(type === PAGE_TYPE ? 'DENY' : undefined);
  if (type !== PAGE_TYPE) return;
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
}

describe('the headers', () => {
  it.each(
    KINDS.map(
      ([asked, status, type, lines]) =>
        [[asked, lines ?? []].flat().join(', ').slice(0, 90), status, { asked, type, lines }] as const,
    ),
  )(
    'of the answer to %s with status %i say what it is, and no more',
    async (_asked, status, { asked, type, lines }) => {
      const reply = await ask(asked, lines);
      expect(reply.status).toBe(status);
      expectSafe(reply, type);
    },
  );

  it('of what is refused because there is too much to do say the same', async () => {
    const days = ['2017-01-01', '2017-01-02', '2017-01-03', '2017-01-04'];
    const paths = Array.from({ length: 40 }, (_, i) => `/rankings?region=Global&date=${days[i % 4]}&limit=${i + 1}`);
    const replies = await Promise.all(paths.map((path) => ask(`GET ${path}`, NO_LINES, busy.port)));
    const refused = replies.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    for (const reply of refused) {
      expectSafe(reply, PROBLEM_TYPE);
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });
});
