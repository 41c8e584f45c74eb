import fc from 'fast-check';
import { converse, readReplies, type Conversation } from './exchange.js';
import { hostileTarget, longTarget } from './hostile-targets.js';
import { faultsOf, MARKUP } from './judge.js';
import { RunningService } from '../setup/running-service.js';
import { Tally } from './tally.js';

/** Cases of a run; `HOSTILE_CASES=50000 npm test -- tests/hostile/urls` for a long one. */
const CASES = Number(process.env['HOSTILE_CASES'] ?? 3000);
/** Printed, and taken from HOSTILE_SEED to do the same cases again. */
const SEED = Number(process.env['HOSTILE_SEED'] ?? Date.now() % 2 ** 31);
const AT_ONCE = 8;
const MB = 2 ** 20;
/** What the process may grow by from the half to the end: the garbage collector's slack. */
const MOST_GROWTH_BYTES = 64 * MB;

const METHODS = ['GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'SEARCH'];
const HEADERS = [
  ...[
    'Accept: */*',
    'Accept: text/html',
    `Accept: ${MARKUP}`,
    'Accept: text/csv',
    'Accept: application/json;q=',
    'Accept:',
  ],
  ...[
    'Accept-Encoding: gzip, br',
    'Accept-Encoding: \u00ff;q=9',
    'If-None-Match: *',
    'If-None-Match: "',
    'If-None-Match: W/"x", "y',
  ],
  ...[`X-Request-Id: ${MARKUP}`, 'X-Forwarded-For: 6.6.6.6', `X-Forwarded-Host: ${MARKUP}`, 'X-Original-URL: /metrics'],
  ...[
    'X-HTTP-Method-Override: DELETE',
    'Range: bytes=0-',
    'Range: bytes=5-1,-0',
    'Content-Type: application/json',
    'Cookie: \u0001',
  ],
  ...[
    `Origin: ${MARKUP}`,
    'Origin: null',
    'Access-Control-Request-Method: DELETE',
    'traceparent: 00-x',
    'Upgrade: h2c',
    'TE: trailers',
  ],
  ...[
    '__proto__: x',
    'constructor: x',
    'Content-Length: 0',
    'Max-Forwards: 0',
    'Forwarded: for="_x',
    `Referer: ${MARKUP}`,
  ],
];

interface Case {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
}

const hostileCase: fc.Arbitrary<Case> = fc.record({
  method: fc.constantFrom(...METHODS),
  target: fc.oneof({ weight: 60, arbitrary: hostileTarget }, { weight: 1, arbitrary: longTarget }),
  headers: fc.uniqueArray(fc.constantFrom(...HEADERS), { maxLength: 3 }),
});

const tally = new Tally();
let service: RunningService;
beforeAll(async () => {
  process.stderr.write(`tests/hostile/urls: HOSTILE_SEED=${SEED} HOSTILE_CASES=${CASES}\n`);
  service = await RunningService.start({ LOG_REQUEST_SAMPLE: '0' });
}, 60_000);
afterAll(() => service.stop());

function ask({ method, target, headers }: Case): Promise<Conversation> {
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: charts.example', 'Connection: close', ...headers, '', ''];
  const bytes = Buffer.from(lines.join('\r\n'), 'latin1');
  return tally.of(converse(service.port, { bytes, complete: true, closes: true, head: method === 'HEAD' }));
}

/** Sends all, some at a time; what was wrong with which. */
async function faultsOfAll(cases: readonly Case[]): Promise<{ faults: string[]; statuses: Map<string, number> }> {
  const faults: string[] = [];
  const statuses = new Map<string, number>();
  let next = 0;
  const client = async () => {
    while (next < cases.length) {
      const one = cases[next++]!;
      const conversation = await ask(one);
      const found = faultsOf(conversation);
      const status = String(conversation.replies[0]?.status ?? 'closed');
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (conversation.replies.length > 1) found.push(`${conversation.replies.length} answers to one request`);
      if (found.length > 0 && faults.length < 20)
        faults.push(`${found.join(', ')}: ${JSON.stringify(one).slice(0, 400)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return { faults, statuses };
}

async function expectWell(): Promise<void> {
  expect(service.alive).toBe(true);
  const health = await fetch(`http://127.0.0.1:${service.port}/health`);
  expect([health.status, await health.text()]).toEqual([200, 'OK']);
}

describe('hostile URLs', () => {
  it(
    `(${CASES} of a grammar, with hostile methods and headers) get an answer of the service, never a fault of it`,
    async () => {
      const cases = fc.sample(hostileCase, { numRuns: CASES, seed: SEED });
      const half = Math.ceil(CASES / 2);
      const first = await faultsOfAll(cases.slice(0, half));
      // What a process takes once is no growth, and its caches and heap take a while to be as large as they get.
      const before = await service.memoryBytes();
      const second = await faultsOfAll(cases.slice(half));
      expect([...first.faults, ...second.faults]).toEqual([]);
      const counts = [...first.statuses.values(), ...second.statuses.values()];
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(CASES);
      // The grammar reaches what is right, what is wrong and what is not there.
      const statuses = [...first.statuses.keys(), ...second.statuses.keys()];
      expect(statuses).toEqual(expect.arrayContaining(['200', '400', '404', '405']));
      await expectWell();
      const grownBytes = (await service.memoryBytes()) - before;
      process.stderr.write(`tests/hostile/urls: ${before} bytes at the half, ${grownBytes} more at the end\n`);
      expect(grownBytes).toBeLessThan(MOST_GROWTH_BYTES);
      expect(service.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    },
    60_000 + CASES * 20,
  );

  it.each([
    ['a path of 64 KiB', `/${'a'.repeat(65_536)}`],
    ['a query of 64 KiB', `/rankings?region=${'a'.repeat(65_536)}`],
    ['a query of 64 KiB of parameters', `/rankings?${'a=1&'.repeat(16_384)}`],
    ['64 KiB of escapes', `/artist?artist=${'%F0%9F%92%A9'.repeat(5462)}`],
  ])('of %s get 414 or 431', async (_what, target) => {
    const { replies, ...rest } = await ask({ method: 'GET', target, headers: [] });
    expect(faultsOf({ replies, ...rest })).toEqual([]);
    expect(replies.map(({ status }) => [414, 431].includes(status))).toEqual([true]);
    await expectWell();
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'region[]', 'region[$ne]', '__proto__[limit]'])(
    'with the parameter %s get 400 that names it',
    async (name) => {
      const target = `/rankings?region=Global&date=latest&${encodeURIComponent(name)}=1`;
      const { replies } = await ask({ method: 'GET', target, headers: [] });
      expect(replies[0]?.status).toBe(400);
      const { errors } = JSON.parse(replies[0]!.body.toString()) as { errors: { parameter: string }[] };
      expect(errors.map(({ parameter }) => parameter)).toEqual([name]);
    },
  );
});

describe('the judge of answers', () => {
  const judge = (text: string) =>
    faultsOf({ ...readReplies(Buffer.from(text), false), closed: true, hung: false, answeredMs: 0 });

  it.each([
    ['status 500', 'HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n'],
    ['400 of type text/html', 'HTTP/1.1 400 X\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n'],
    ['a header of the input', 'HTTP/1.1 200 OK\r\nX-Injected: 1\r\nContent-Length: 0\r\n\r\n'],
    ['markup in a body', `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 25\r\n\r\n${MARKUP}`],
    ['tells what it runs on', 'HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 0\r\n\r\n'],
    [
      'whose body is no JSON',
      'HTTP/1.1 404 X\r\nContent-Type: application/problem+json; charset=utf-8\r\nContent-Length: 1\r\n\r\n{',
    ],
    ['not HTTP', 'nonsense'],
  ])('finds: %s', (fault, text) => {
    expect(judge(text).join('\n')).toContain(fault);
  });

  it('finds no fault with what is right', () => {
    expect(judge('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK')).toEqual([]);
  });
});

it('All of them are answered as they have to be', () => {
  tally.record({ fault: 'hostile URLs, methods and headers of a grammar', seen: `no 5xx, no hang, seed ${SEED}` });
});
