import { setTimeout as sleep } from 'node:timers/promises';
import { converse, type Reply } from './exchange.js';
import { MARKUP } from './judge.js';
import { RunningService } from '../setup/running-service.js';

/** One of each kind: lists in each form, small texts, pages, files of pages, redirects, problems by all that answer. */
const ANSWERS: readonly (readonly [path: string, contentType: string])[] = [
  ['/rankings?region=Global&date=latest', 'application/json; charset=utf-8'],
  ['/tracks', 'application/json; charset=utf-8'],
  ['/filters', 'application/json; charset=utf-8'],
  ['/openapi.json', 'application/json; charset=utf-8'],
  ['/tracks?format=csv', 'text/csv; charset=utf-8; header=present'],
  ['/tracks?format=ndjson', 'application/x-ndjson; charset=utf-8'],
  ['/tracks?format=arrow', 'application/vnd.apache.arrow.stream'],
  ['/health', 'text/plain; charset=utf-8'],
  ['/', 'text/plain; charset=utf-8'],
  ['/docs', 'text/html; charset=utf-8'],
  ['/docs/start.js', 'text/javascript; charset=utf-8'],
  ['/docs/swagger-ui.css', 'text/css; charset=utf-8'],
  ['/problems', 'text/html; charset=utf-8'],
  ['/problems/not-found', 'text/html; charset=utf-8'],
  ['/nothing', 'application/problem+json; charset=utf-8'],
  ['/artist?artist=nobody', 'application/problem+json; charset=utf-8'],
  ['/rankings', 'application/problem+json; charset=utf-8'],
  ['/%zz', 'application/problem+json; charset=utf-8'],
  [`/docs/${'a'.repeat(500)}`, 'application/problem+json; charset=utf-8'],
];

let service: RunningService;
let trusting: RunningService;
beforeAll(async () => {
  service = await RunningService.start();
  trusting = await RunningService.start({ TRUST_PROXY: 'true', CORS_ORIGIN: 'https://charts.example' });
}, 60_000);
afterAll(async () => {
  await service.stop();
  await trusting.stop();
});

async function ask(path: string, headers: readonly string[] = [], asked = service): Promise<Reply> {
  const host = headers.some((line) => line.startsWith('Host:')) ? [] : ['Host: charts.example'];
  const lines = [`GET ${path} HTTP/1.1`, ...host, 'Connection: close', ...headers, '', ''];
  const { replies } = await converse(asked.port, {
    bytes: Buffer.from(lines.join('\r\n'), 'latin1'),
    complete: true,
    closes: true,
  });
  return replies[0]!;
}

let count = 0;
const nextId = () => `logged-${++count}`;

/** The lines of these requests, once there is one for each; a line follows its answer. */
async function linesOf(asked: RunningService, ids: readonly string[]): Promise<readonly string[]> {
  const found = () => asked.log.filter((line) => ids.some((id) => line.includes(`"requestId":"${id}"`)));
  for (let turns = 0; found().length < ids.length && turns < 200; turns++) await sleep(10);
  return found();
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

describe('headers of answers', () => {
  it.each(ANSWERS)('of %s name its type, and that it is no other', async (path, contentType) => {
    const { headers } = await ask(path);
    expect(headers.get('content-type')).toBe(contentType);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(ANSWERS)('of %s do not tell what the service runs on, and set no cookie', async (path) => {
    const { head } = await ask(path);
    expect(head).not.toMatch(/^(server|x-powered-by|via|set-cookie|x-aspnet[^:]*|x-generator):/im);
    expect(head).not.toMatch(/fastify|nest|node|duckdb|express/i);
  });

  it.each(['/docs', '/problems', '/problems/not-found'])(
    'of the page %s let it load nothing from elsewhere, run no script within it, and stand in no frame',
    async (path) => {
      const { headers } = await ask(path);
      const policy = new Map(
        (headers.get('content-security-policy') ?? '').split(';').map((directive) => {
          const [name = '', ...values] = directive.trim().split(' ');
          return [name, values.join(' ')] as const;
        }),
      );
      expect(policy.get('default-src')).toBe("'none'");
      expect(policy.get('script-src')).toBe("'self'");
      for (const name of ['frame-ancestors', 'base-uri', 'form-action']) expect(policy.get(name)).toBe("'none'");
      expect([...policy.values()].join(' ')).not.toMatch(/unsafe|\*|https?:/);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    },
  );

  it('of problems tell nobody to keep them longer than an answer', async () => {
    for (const path of ['/nothing', '/rankings', '/%zz']) {
      expect((await ask(path)).headers.get('cache-control') ?? 'no-store').toMatch(
        /no-store|no-cache|max-age=\d{1,2}\b/,
      );
    }
  });

  it('of what is no HTTP say as well that it is no other type', async () => {
    const { replies } = await converse(service.port, {
      bytes: Buffer.from('nonsense\r\n\r\n'),
      complete: true,
      closes: true,
    });
    expect(replies.map(({ status, headers }) => [status, headers.get('x-content-type-options')])).toEqual([
      [400, 'nosniff'],
    ]);
  });
});

describe('the id of a request', () => {
  it('is the caller’s when it is valid', async () => {
    for (const path of ['/nothing', '/tracks', '/health']) {
      expect((await ask(path, ['X-Request-Id: abc.DEF_1-2'])).headers.get('x-request-id')).toBe('abc.DEF_1-2');
    }
  });

  it.each([
    ['markup', [`X-Request-Id: ${MARKUP}`]],
    ['too long', [`X-Request-Id: ${'a'.repeat(129)}`]],
    ['empty', ['X-Request-Id:']],
    ['two', ['X-Request-Id: first-id', 'X-Request-Id: second-id']],
    ['with a space', ['X-Request-Id: a b']],
    ['in Latin-1', ['X-Request-Id: é']],
    ['a template', ['X-Request-Id: ${jndi:ldap://x}']],
    ['with a line end of JSON', ['X-Request-Id: a\\n","level":"fatal']],
  ])('(%s) is a new one, in the header, the problem and the log', async (_what, headers) => {
    for (const path of ['/nothing', '/%zz', '/tracks', '/tracks?format=csv', '/health']) {
      const { head, headers: answered, body } = await ask(path, headers);
      const id = answered.get('x-request-id') ?? '';
      expect(id).toMatch(REQUEST_ID);
      const sent = headers.map((line) => line.slice('X-Request-Id:'.length).trim()).filter(Boolean);
      for (const value of sent) expect(head + body.toString('latin1').slice(0, 2000)).not.toContain(`"${value}"`);
      for (const value of sent) expect(head).not.toContain(value);
      if (path === '/nothing') expect(JSON.parse(body.toString())).toMatchObject({ requestId: id });
    }
  });
});

describe('headers of proxies', () => {
  const forged = [
    ...['X-Forwarded-For: 6.6.6.6', 'X-Forwarded-Host: evil.example', 'X-Forwarded-Proto: https', 'X-Real-IP: 6.6.6.6'],
    ...['Forwarded: for=6.6.6.6;host=evil.example', 'X-Forwarded-Prefix: /evil', 'X-Original-URL: /metrics'],
    ...['X-Rewrite-URL: /metrics', 'X-HTTP-Method-Override: DELETE', 'X-Host: evil.example', 'Host: evil.example'],
  ];
  const paths = ['/', '/docs', '/openapi.json', '/problems', '/nothing', '/tracks', '/artist?artist=nobody&limit=1'];
  const variable = /^(x-request-id|server-timing|date|x-cache): .*$/gim;

  it.each(paths)('change nothing in the answer to %s, whether proxies are trusted or not', async (path) => {
    for (const asked of [service, trusting]) {
      // The same id, so that problems are equal.
      const [plain, other] = [
        await ask(path, ['X-Request-Id: x'], asked),
        await ask(path, [...forged, 'X-Request-Id: x'], asked),
      ];
      expect(other.head.replaceAll(variable, '')).toBe(plain.head.replaceAll(variable, ''));
      expect(other.body.equals(plain.body)).toBe(true);
      expect(other.head + other.body.toString()).not.toContain('evil.example');
    }
  });

  it('tell the log a client only where proxies are trusted, and only an address', async () => {
    const clientOf = async (asked: RunningService, forwarded: string, path: string) => {
      const id = nextId();
      await ask(path, [`X-Forwarded-For: ${forwarded}`, `X-Request-Id: ${id}`], asked);
      const [line = '{}'] = await linesOf(asked, [id]);
      return (JSON.parse(line) as { client?: string }).client;
    };
    for (const path of ['/tracks', '/nothing']) {
      expect(await clientOf(service, '6.6.6.6', path)).toBe('127.0.0.1');
      expect(await clientOf(trusting, '6.6.6.6', path)).toBe('6.6.6.6');
    }
    // On the way that is taken for lists, the line is put together by hand.
    expect(await clientOf(trusting, '","level":"fatal', '/tracks')).toBeUndefined();
  });

  it('do not make an origin allowed', async () => {
    for (const origin of ['https://evil.example', 'null', 'https://charts.example.evil.example', MARKUP]) {
      for (const path of ['/tracks', '/nothing', '/health']) {
        const { headers } = await ask(path, [`Origin: ${origin}`], trusting);
        expect(headers.get('access-control-allow-origin')).not.toBe(origin);
        expect(headers.get('access-control-allow-origin')).not.toBe('*');
        expect(headers.has('access-control-allow-credentials')).toBe(false);
      }
    }
  });
});

describe('the log', () => {
  it('holds one line of JSON for each request, whatever is in its URL and headers', async () => {
    const hostile = ['%0d%0a{"level":"fatal"}', '"}', '%1b%5B31m', '\\u000a', "'`$(id)", '%E2%80%A8', MARKUP];
    const ids: string[] = [];
    const asking = async (path: string, header: string) => {
      ids.push(nextId());
      await ask(path, [header, `X-Request-Id: ${ids.at(-1)}`, 'Authorization: Bearer secret-token']);
    };
    for (const text of hostile) {
      await asking(`/nothing/${text}`, `User-Agent: "}\\n{"level":"fatal"}${MARKUP}`);
      await asking(`/tracks?artist=${text}`, 'Cookie: session=secret-token');
    }
    const lines = (await linesOf(service, ids)).map((line) => JSON.parse(line) as { level: string });
    expect(lines).toHaveLength(ids.length);
    expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(['info']));
    // And nothing that is not a line of JSON.
    for (const line of service.log) expect(() => JSON.parse(line) as unknown).not.toThrow();
    expect(service.log.join('\n')).not.toContain('secret-token');
    expect(service.log.join('\n')).not.toContain('\u001b');
  });
});
