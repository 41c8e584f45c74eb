import { converse, type Conversation } from './exchange.js';
import { faultsOf, INJECTED_HEADER, MARKUP } from './judge.js';
import { RunningService } from '../setup/running-service.js';
import { Tally } from './tally.js';

/** A second request that hides in the first: were it answered, a client could answer for another behind the same proxy. */
const HIDDEN = 'GET /problems/stopping HTTP/1.1\r\nHost: x\r\n\r\n';
const HIDDEN_ANSWER = 'Service stopping';

const tally = new Tally();
let service: RunningService;
beforeAll(async () => {
  service = await RunningService.start({ LOG_REQUEST_SAMPLE: '0' });
}, 60_000);
afterEach(async () => {
  if (!service.alive || (await service.get('/health')).status !== 200) throw new Error('the service is not well');
});
afterAll(() => service.stop());

/** Sends and waits until the server has closed the connection, which it has to. */
function sendLast(text: string | Buffer, complete = true): Promise<Conversation> {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  return tally.of(converse(service.port, { bytes, complete, closes: true }));
}

/** Sends and waits until the server has answered. */
function send(text: string): Promise<Conversation> {
  return tally.of(converse(service.port, { bytes: Buffer.from(text, 'latin1'), complete: true }));
}

const statuses = ({ replies }: Conversation) => replies.map(({ status }) => status);
const answersHidden = ({ replies }: Conversation) => replies.some(({ body }) => body.includes(HIDDEN_ANSWER));
const get = (headers: string, rest = '') => `GET /health HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${rest}`;
const post = (headers: string, rest: string) => `POST /health HTTP/1.1\r\nHost: x\r\n${headers}\r\n\r\n${rest}`;

describe('a request that two readers could end at different places', () => {
  it.each([
    ['length and chunks', post('Content-Length: 6\r\nTransfer-Encoding: chunked', `0\r\n\r\n${HIDDEN}`)],
    ['chunks and length', post('Transfer-Encoding: chunked\r\nContent-Length: 6', `0\r\n\r\n${HIDDEN}`)],
    ['length and chunks, to a GET', get('Content-Length: 6\r\nTransfer-Encoding: chunked', `0\r\n\r\n${HIDDEN}`)],
    ['two lengths', post('Content-Length: 0\r\nContent-Length: 44', HIDDEN)],
    ['two equal lengths', post('Content-Length: 0\r\nContent-Length: 0', HIDDEN)],
    ['a list of lengths', post('Content-Length: 0, 44', HIDDEN)],
    ['a signed length', post('Content-Length: +0', HIDDEN)],
    ['a negative length', post('Content-Length: -1', HIDDEN)],
    ['a length in hexadecimal', post('Content-Length: 0x0', HIDDEN)],
    ['an endless length', post(`Content-Length: ${'9'.repeat(40)}`, HIDDEN)],
    ['a space before the colon', post('Content-Length : 44', HIDDEN)],
    ['a tab before the colon', post('Transfer-Encoding\t: chunked', `0\r\n\r\n${HIDDEN}`)],
    ['a folded header', post('X-A: b\r\n Content-Length: 44', HIDDEN)],
    ['a folded coding', post('Transfer-Encoding:\r\n chunked', `0\r\n\r\n${HIDDEN}`)],
    ['a bare line feed after a header', `POST /health HTTP/1.1\r\nHost: x\nContent-Length: 44\r\n\r\n${HIDDEN}`],
    ['bare line feeds', `POST /health HTTP/1.1\nHost: x\n\n${HIDDEN}`],
    ['a bare carriage return', post('X-A: b\rContent-Length: 44', HIDDEN)],
    ['a NUL in a header', post('X-A: b\0c', HIDDEN)],
    ['a NUL in a name', post('Content-Length\0: 44', HIDDEN)],
    ['a coding that is not the last', post('Transfer-Encoding: chunked, identity', `0\r\n\r\n${HIDDEN}`)],
    ['two codings', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', `0\r\n\r\n${HIDDEN}`)],
    ['a header without a colon', post('Content-Length', HIDDEN)],
    ['a header without a name', post(': 44', HIDDEN)],
    ['a space before the first header', `POST /health HTTP/1.1\r\n Host: x\r\n\r\n${HIDDEN}`],
    ['a version that is none', `GET /health HTTP/1.1x\r\nHost: x\r\n\r\n${HIDDEN}`],
    ['a version of three parts', `GET /health HTTP/1.1.1\r\nHost: x\r\n\r\n${HIDDEN}`],
    ['a space in the target', `GET /hea lth HTTP/1.1\r\nHost: x\r\n\r\n${HIDDEN}`],
    ['a tab in the request line', `GET\t/health\tHTTP/1.1\r\nHost: x\r\n\r\n${HIDDEN}`],
  ])('(%s) is refused once, the connection closed, and what follows it not read', async (_what, text) => {
    const conversation = await sendLast(text);
    expect(faultsOf(conversation)).toEqual([]);
    expect(answersHidden(conversation)).toBe(false);
    expect(statuses(conversation)).toEqual([400]);
    expect(conversation.closed).toBe(true);
  });

  it.each([
    ['a chunk whose size is no number', 'z\r\n\r\n'],
    ['a chunk of a negative size', '-1\r\n\r\n'],
    ['a chunk whose size overflows', 'fffffffffffffffff0\r\n'],
    ['a chunk whose size ends in a bare line feed', '2\nab\r\n0\r\n\r\n'],
    ['a chunk that is longer than it says', '1\r\nabc\r\n0\r\n\r\n'],
    ['a chunk extension with a bare line feed', '1;a=\nb\r\nx\r\n0\r\n\r\n'],
    ['a chunk extension of 64 KiB', `1;${'a'.repeat(65_536)}\r\nx\r\n0\r\n\r\n`],
    ['a trailer that is no header', '0\r\nGET / HTTP/1.1\r\n\r\n'],
  ])('(%s) is answered, refused, the connection closed, and what follows it not read', async (_what, body) => {
    for (const one of [get, post]) {
      const conversation = await sendLast(one('Transfer-Encoding: chunked', body + HIDDEN));
      expect(faultsOf(conversation)).toEqual([]);
      expect(answersHidden(conversation)).toBe(false);
      // An answer needs no body to come, so it may be there before the body is found to be wrong.
      expect(statuses(conversation).slice(1)).toEqual(statuses(conversation).length > 1 ? [400] : []);
      expect(conversation.closed).toBe(true);
    }
  });

  it('(a coding that is none) is answered at most once, and what follows it not read', async () => {
    const conversation = await sendLast(post('Transfer-Encoding: xchunked', `0\r\n\r\n${HIDDEN}`));
    expect(faultsOf(conversation)).toEqual([]);
    expect(answersHidden(conversation)).toBe(false);
    expect(conversation.closed).toBe(true);
  });

  it('with a body, chunks or extensions that are right ends where both say', async () => {
    for (const [headers, body] of [
      ['Content-Length: 44', 'a'.repeat(44)],
      ['Transfer-Encoding: chunked', '1;a=b\r\nx\r\n0\r\n\r\n'],
      ['Transfer-Encoding: chunked\r\nTrailer: X-A', '1\r\nx\r\n0\r\nX-A: b\r\n\r\n'],
    ] as const) {
      const conversation = await send(get(headers, body + HIDDEN));
      expect(faultsOf(conversation)).toEqual([]);
      expect([statuses(conversation), answersHidden(conversation)]).toEqual([[200, 200], true]);
    }
  });
});

describe('what is no request', () => {
  it.each([
    ['HTTP/0.9', 'GET /health\r\n'],
    ['HTTP/2 without a handshake', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/9.9', 'GET /health HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['an unknown method', 'FROB /health HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a method in lower case', 'get /health HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a TLS greeting', Buffer.from('16030100a5010000a10303', 'hex')],
    ['a PROXY header', 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['Redis', '*1\r\n$4\r\nPING\r\n'],
    ['markup', `${MARKUP}\r\n\r\n`],
    ['zeros', Buffer.alloc(4096)],
    ['a request line of 64 KiB', 'G'.repeat(65_536)],
  ])('(%s) is refused with a problem, and the connection closed', async (_what, text) => {
    const conversation = await sendLast(text, false);
    expect(faultsOf(conversation)).toEqual([]);
    expect(statuses(conversation)).toEqual([400]);
    expect(conversation.closed).toBe(true);
  });

  it('(headers of 64 KiB, one or thousands) is refused with 431', async () => {
    for (const headers of [
      `X-A: ${'a'.repeat(65_536)}`,
      `${'a'.repeat(65_536)}: 1`,
      'X: y\r\n'.repeat(11_000).trim(),
    ]) {
      const conversation = await sendLast(get(headers));
      expect(faultsOf(conversation)).toEqual([]);
      expect(statuses(conversation)).toEqual([431]);
    }
  });

  it('(half a request, then the end) is closed', async () => {
    for (const text of ['G', 'GET / HT', 'GET / HTTP/1.1\r\nHost: x', 'GET / HTTP/1.1\r\nHost: x\r\n']) {
      const conversation = await sendLast(text, false);
      expect(faultsOf(conversation)).toEqual([]);
      expect(conversation.closed).toBe(true);
    }
  });

  it('(random bytes) is refused with a problem', async () => {
    for (let length = 1; length <= 60; length++) {
      // The same each time; constants of Numerical Recipes.
      const bytes = Buffer.alloc(length * 7);
      let state = length;
      for (let i = 0; i < bytes.length; i++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        bytes[i] = state >>> 24;
      }
      expect(faultsOf(await sendLast(bytes, false))).toEqual([]);
    }
  });
});

describe('forms of a target', () => {
  it.each([
    ['the absolute form', 'GET http://evil.example/health HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['the absolute form of another scheme', 'GET ftp://evil.example/health HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['the authority form', 'GET evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['the asterisk form', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a tunnel', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['an upgrade', get('Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x')],
    ['an upgrade to HTTP/2', get('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk')],
    ['dot segments to the management port', 'GET /../metrics HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a host that is the management port', 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:9090\r\n\r\n'],
  ])('(%s) lead nowhere else', async (_what, text) => {
    const conversation = await send(text);
    expect(faultsOf(conversation)).toEqual([]);
    expect(conversation.replies.length).toBeLessThanOrEqual(1);
    const [reply] = conversation.replies;
    expect(reply?.body.includes('process_cpu') ?? false).toBe(false);
    expect(reply?.head.includes('evil') ?? false).toBe(false);
  });
});

describe('requests in a row on one connection', () => {
  it('(500 of them) are answered each, in their order', async () => {
    const paths = Array.from({ length: 500 }, (_, i) => `/nothing-${i}`);
    const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    requests[499] = requests[499]!.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    const conversation = await sendLast(requests.join(''));
    expect(faultsOf(conversation)).toEqual([]);
    const asked = conversation.replies.map(
      ({ body }) => (JSON.parse(body.toString()) as { instance: string }).instance,
    );
    expect(asked).toEqual(paths);
  });

  it('end at the first that is none', async () => {
    const conversation = await sendLast(`${get('X-A: b')}nonsense\r\n\r\n${HIDDEN}`);
    expect(answersHidden(conversation)).toBe(false);
    expect(conversation.replies.length).toBeLessThanOrEqual(2);
    expect(conversation.closed).toBe(true);
  });
});

describe('what Node answers by itself', () => {
  it.each([
    ['a request without Host', 'GET /health HTTP/1.1\r\n\r\n', 400],
    ['two Hosts', get(`Host: ${INJECTED_HEADER}`), 400],
    ['an expectation that is not known', get('Expect: the-unexpected'), 417],
  ])('%s gets a problem as well', async (_what, text, status) => {
    const conversation = await send(text);
    expect(faultsOf(conversation)).toEqual([]);
    expect(statuses(conversation)).toEqual([status]);
  });

  it('a body that is announced is not asked for, and not waited for', async () => {
    const conversation = await send(post('Expect: 100-continue\r\nContent-Length: 1000000', ''));
    expect(faultsOf(conversation)).toEqual([]);
    expect(statuses(conversation)).toEqual([405]);
  });
});

it('All of them are answered as they have to be', () => {
  const seen = 'what two readers could take apart differently is refused once, and what follows it is never read';
  tally.record({ fault: 'HTTP smuggling shapes and what is no HTTP, on raw sockets', seen });
});
