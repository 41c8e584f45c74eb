import { AnswerCache } from '../cache/answer-cache.js';
import { chartHistory, MANY } from '../dataset/testing/chart-history.js';
import { BY_FRAMEWORK, lasting, ListApp } from './testing/list-app.js';

let service: ListApp;
beforeAll(async () => {
  service = await ListApp.started();
}, 60_000);
afterAll(() => service.stop());
beforeEach(() => {
  service.taken.length = 0;
  service.app.get(AnswerCache).clear();
});

const DAY = chartHistory().find(({ region }) => region === 'Österreich')!.date;
const REGION = encodeURIComponent('Österreich');
const ARTIST = encodeURIComponent(MANY);
const LISTS = [
  `/rankings?region=${REGION}&date=${DAY}&limit=30&format=json`,
  `/rankings?region=${REGION}&date=latest&format=json`,
  `/rankings?date=${DAY}&region=Nowhere&format=json`,
  `/rankings?region=Global&date=latest&chart=viral50&format=csv`,
  `/artist?artist=${ARTIST}&limit=7&offset=21&format=json`,
  `/artist?artist=${ARTIST}&chart=viral50&fields=date,region&format=json`,
  `/artist?artist=${ARTIST}&offset=999999&format=json`,
  `/tracks?format=json`,
  `/tracks?date=${DAY}&region=${REGION}&artist=${ARTIST}&format=json`,
  `/filters?format=json`,
  `/filters?format=ndjson&fields=dates`,
];

describe('a list answered before the framework', () => {
  it.each(LISTS)('has the bytes and headers of the framework, made anew and from memory: %s', async (path) => {
    const origin = { Origin: 'https://charts.example', 'X-Request-Id': 'same' };
    for (const coding of ['identity', 'gzip', 'br']) {
      service.app.get(AnswerCache).clear();
      service.taken.length = 0;
      const headers = { ...origin, 'Accept-Encoding': coding };
      const anew = await service.ask(path, headers);
      const framework = await service.ask(path, { ...headers, ...BY_FRAMEWORK });
      const again = await service.ask(path, headers);
      expect(service.taken).toEqual([true, false, true]);
      expect([anew.status, anew.headers['x-cache']]).toEqual([200, 'miss']);
      expect(lasting(framework)).toEqual(lasting(anew));
      expect(lasting(again)).toEqual(lasting(anew));
    }
  });

  it.each(LISTS)('has the same bytes and headers where it is made of rows in memory: %s', async (path) => {
    const headers = { 'X-Request-Id': 'same' };
    const rows = (from: string) => service.metric(`dataset_rows_total{from="${from}"}`);
    service.forget();
    const anew = await service.ask(path, headers);
    const [file, memory] = [await rows('file'), await rows('memory')];
    for (const coding of ['identity', 'gzip']) {
      service.app.get(AnswerCache).clear();
      const atHand = await service.ask(path, { ...headers, 'Accept-Encoding': coding });
      expect([atHand.status, atHand.headers['x-cache']]).toEqual([200, 'miss']);
      if (coding === 'identity') expect(lasting(atHand)).toEqual(lasting(anew));
    }
    expect(await rows('file')).toBe(file);
    const hasRows = !/Nowhere|999999|filters/.test(path);
    expect((await rows('memory')) > memory).toBe(hasRows);
  });

  it.each(LISTS)('is logged and counted as by the framework: %s', async (path) => {
    const id = `logged-${LISTS.indexOf(path)}`;
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const headers = { 'X-Request-Id': id, traceparent };
    await service.ask(path, headers);
    await service.ask(path, { ...headers, ...BY_FRAMEWORK });
    await service.ask(path, headers);
    const [anew, ...others] = await service.linesOf(id, 3);
    expect(others).toEqual([anew, anew]);
    expect(anew).toMatchObject({ url: path, status: 200, traceId: '0af7651916cd43dd8448eb211c80319c' });
    expect(await service.metric('http_requests_in_flight')).toBe(0);
  });

  it.each(LISTS)('is 304 to whoever has it, as by the framework: %s', async (path) => {
    const { etag } = (await service.ask(path)).headers;
    const headers = { 'If-None-Match': etag!, 'X-Request-Id': 'same' };
    service.taken.length = 0;
    const [early, framework] = [
      await service.ask(path, headers),
      await service.ask(path, { ...headers, ...BY_FRAMEWORK }),
    ];
    expect(service.taken).toEqual([true, false]);
    expect(early.status).toBe(304);
    expect(lasting(framework)).toEqual(lasting(early));
  });

  it('goes to browsers, whose Accept has many forms, as to everybody', async () => {
    const path = `/rankings?region=Global&date=${DAY}`;
    const html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const [plain, browser] = [
      await service.ask(path, { 'X-Request-Id': 'a' }),
      await service.ask(path, { 'X-Request-Id': 'a', Accept: html }),
    ];
    expect(service.taken).toEqual([true, true]);
    expect(lasting(browser)).toEqual(lasting(plain));
  });

  it('is fetched once for all who ask for it at the same time, either way', async () => {
    const misses = () => service.metric('cache_requests_total{outcome="miss"}');
    const before = await misses();
    const path = LISTS[0]!;
    const all = await Promise.all(Array.from({ length: 10 }, (_, i) => service.ask(path, i % 2 ? BY_FRAMEWORK : {})));
    expect(new Set(all.map(({ body }) => body)).size).toBe(1);
    expect((await misses()) - before).toBe(1);
  });
});

describe('what is no list', () => {
  it.each([
    '/rankings',
    '/rankings?region=Global&date=2021-02-30',
    `/rankings?region=Global&date=${DAY}&limit=0`,
    `/rankings?region=Global&region=Global&date=${DAY}`,
    `/rankings?region=%zz&date=${DAY}`,
    `/rankings/?region=Global&date=${DAY}`,
    '/artist?artist=Nobody',
    '/filters?all=1',
    '/health',
    '/nothing',
  ])('is left to the framework: %s', async (path) => {
    const { status } = await service.ask(path);
    expect(service.taken).toEqual([false]);
    expect(status).toBe(
      path === '/health' ? 200 : ['/artist', '/nothing', '/rankings/'].includes(path.split('?')[0]!) ? 404 : 400,
    );
  });
});
