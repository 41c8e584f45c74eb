import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { chartHistory, MANY } from '../dataset/testing/chart-history.js';
import { AnswerWriter } from './answer-writer.js';
import { ListApp } from './testing/list-app.js';

const ORIGIN = 'https://charts.example';
let service: ListApp;
/** Of each answer that was offered, whether it went in one piece. */
const whole: boolean[] = [];

beforeAll(async () => {
  service = await ListApp.started({ CORS_ORIGIN: ORIGIN });
  const sender = service.app.get(AnswerWriter).whole;
  const send = sender.send.bind(sender);
  sender.send = (...given) => {
    const sent = send(...given);
    whole.push(sent);
    return sent;
  };
}, 60_000);
afterAll(() => service.stop());
beforeEach(() => void (whole.length = 0));

const DAY = chartHistory().find(({ region }) => region === 'Österreich')!.date;
const CHART = `/rankings?region=${encodeURIComponent('Österreich')}&date=${DAY}&limit=30`;
const PAGES = `/artist?artist=${encodeURIComponent(MANY)}&limit=7&offset=21`;

function requestText(path: string, headers: readonly string[] = [], version = '1.1'): string {
  return [`GET ${path} HTTP/${version}`, 'Host: charts.example', 'X-Request-Id: same', ...headers, '', ''].join('\r\n');
}

function open(): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(service.port, '127.0.0.1', () => resolve(socket));
    socket.on('error', () => undefined);
  });
}

/** All that the service sends for these requests until it closes the connection, a character a byte. */
async function wire(...requests: readonly string[]): Promise<string> {
  const socket = await open();
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(requests.join(''));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

/** The answers in what was sent, without how long each took. */
function answersIn(text: string): string[] {
  return text
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .map((answer) => answer.replace(/total;dur=[\d.]+/, 'total;dur=').replace(/^Date: .* GMT$/m, 'Date:'));
}

const LAST = requestText('/health', ['Connection: close']);

async function etagOf(path: string): Promise<string> {
  const { headers } = await service.ask(path);
  whole.length = 0;
  return headers.etag!;
}

describe('an answer in one piece', () => {
  it.each([
    ['a chart', CHART, []],
    ['a page with links, for a page of another origin', PAGES, [`Origin: ${ORIGIN}`]],
    ['a page for a page of an origin that may not read it', PAGES, ['Origin: https://other.example']],
    ['an empty list', `/rankings?region=Nowhere&date=${DAY}`, []],
    ['CSV', `${CHART}&format=csv`, []],
    ['what the client has already', CHART, ['If-None-Match']],
    ['a page that the client has already', PAGES, ['If-None-Match', `Origin: ${ORIGIN}`]],
  ])('has the bytes that Node writes: %s', async (_, path, given) => {
    const etag = await etagOf(path);
    const headers = given.map((header) => (header === 'If-None-Match' ? `If-None-Match: ${etag}` : header));
    const request = requestText(path, headers);
    // The second of two is not the first in line when it is answered, so Node writes it.
    const [first, second, last] = answersIn(await wire(request, request, LAST));
    expect(whole).toEqual([true, false]);
    expect(first).toContain('\r\nConnection: keep-alive\r\nKeep-Alive: timeout=72\r\n\r\n');
    expect(first).toBe(second);
    expect(last).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*OK$/);
  });

  it('is made in one coding as in the other, and anew as from memory', async () => {
    const request = requestText(PAGES.replace('limit=7', 'limit=30'), ['Accept-Encoding: gzip']);
    const [anew] = answersIn(await wire(request, LAST));
    const [known] = answersIn(await wire(request, LAST));
    expect(whole).toEqual([true, true]);
    expect(anew).toContain('\r\nX-Cache: miss\r\n');
    expect(anew).toContain('\r\nContent-Encoding: gzip\r\n');
    expect(anew!.replaceAll('miss', 'l1')).toBe(known);
  });

  it.each([
    ['HTTP/1.0', requestText(CHART, [], '1.0')],
    ['a connection that is to be closed', requestText(CHART, ['Connection: close'])],
  ])('is left to Node where that would close: %s', async (_, request) => {
    await etagOf(CHART);
    expect(await wire(request)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\nConnection: close\r\n/);
    expect(whole).toEqual([false]);
  });
});

describe('a request with a body', () => {
  it.each([
    ['by its length', ['Content-Length: 2'], '{}'],
    ['in chunks', ['Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n'],
  ])('is left to Node and followed by others: %s', async (_, headers, body) => {
    await etagOf(CHART);
    const answers = answersIn(await wire(requestText(CHART, headers) + body, requestText(CHART), LAST));
    expect(answers.map((answer) => answer.slice(9, 12))).toEqual(['200', '200', '200']);
    expect(whole).toHaveLength(1);
  });
});

describe('clients that do not read for a while', () => {
  it('get every answer whole in the end', async () => {
    const [expected] = answersIn(await wire(requestText(CHART), LAST));
    const socket = await open();
    socket.pause();
    for (let i = 0; i < 200; i++) socket.write(requestText(CHART));
    // As much as the system does not take for one connection.
    socket.write(requestText(CHART).repeat(3000));
    await sleep(500);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.resume().write(LAST);
    await once(socket, 'close');
    const answers = answersIn(Buffer.concat(chunks).toString('latin1'));
    expect(answers).toHaveLength(3201);
    expect(new Set(answers.slice(0, -1))).toEqual(new Set([expected]));
  });
});
