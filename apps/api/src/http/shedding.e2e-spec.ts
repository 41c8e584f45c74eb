import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerCache } from '../cache/answer-cache.js';
import { Dataset } from '../dataset/dataset.js';
import { chartHistory } from '../dataset/testing/chart-history.js';
import { Connections } from '../lifecycle/connections.js';
import { Admission } from './admission.js';
import { BY_FRAMEWORK, lasting, ListApp } from './testing/list-app.js';

const DAY = chartHistory()[0]!.date;
const PATH = `/rankings?region=Global&date=${DAY}&limit=30&format=json`;
const OTHER = `/rankings?region=Global&date=${DAY}&limit=31&format=json`;
const FOREIGN = { Origin: 'https://else.example' };
const OWN = { Origin: 'https://charts.example' };

/** Has a service take nothing more in, or anything, whatever it has to do. */
function full(service: ListApp, isFull: boolean): void {
  Object.defineProperty(service.app.get(Admission), 'isFull', { configurable: true, value: isFull });
}

describe.each([
  ['any origin', {}],
  ['an origin', { CORS_ORIGIN: 'https://charts.example' }],
])('a service that takes nothing more in, for %s', (_name, settings) => {
  let service: ListApp;
  beforeAll(async () => {
    service = await ListApp.started(settings);
  }, 60_000);
  afterAll(() => service.stop());
  beforeEach(() => {
    service.forget();
    service.taken.length = 0;
    full(service, true);
  });

  it('refuses what it would have to make, with the bytes and headers of the framework', async () => {
    for (const origin of [{}, OWN, FOREIGN]) {
      service.taken.length = 0;
      const headers = { 'X-Request-Id': 'same', ...origin };
      const early = await service.ask(PATH, headers);
      const framework = await service.ask(PATH, { ...headers, ...BY_FRAMEWORK });
      expect(service.taken).toEqual([true, false]);
      expect([early.status, early.headers['retry-after']]).toEqual([503, '1']);
      expect(JSON.parse(early.body)).toMatchObject({ type: '/problems/overloaded', instance: PATH, requestId: 'same' });
      expect(lasting(framework)).toEqual(lasting(early));
    }
  });

  it('logs and counts what it refuses as the framework does, either way', async () => {
    const shed = () => service.metric('requests_shed_total{reason="wait"}');
    const before = await shed();
    const id = 'refused';
    await sleep(1000);
    await service.ask(PATH, { 'X-Request-Id': id });
    await service.ask(PATH, { 'X-Request-Id': id, ...BY_FRAMEWORK });
    const [early, framework] = await service.linesOf(id, 2);
    expect(early).toMatchObject({ level: 'error', status: 503, route: '/rankings', err: { type: 'ShedError' } });
    const { err: _early, ...earlyRest } = early!;
    const { err: _framework, ...frameworkRest } = framework!;
    expect(earlyRest).toEqual(frameworkRest);
    expect((await shed()) - before).toBe(2);
    expect([await service.metric('http_requests_in_flight'), service.app.get(Connections).requests]).toEqual([0, 0]);
  });

  it('writes a few lines a second about them, however many there are', async () => {
    await sleep(1000);
    await Promise.all(Array.from({ length: 60 }, () => service.ask(PATH, { 'X-Request-Id': 'many' })));
    await service.linesOf('many', 10);
    await sleep(50);
    const lines = (await service.linesOf('many', 0)).length;
    expect(lines).toBeGreaterThanOrEqual(10);
    expect(lines).toBeLessThanOrEqual(20);
  });

  it('answers what is in memory, and 304 to whoever has it', async () => {
    full(service, false);
    const { headers } = await service.ask(PATH);
    full(service, true);
    for (const way of [{}, BY_FRAMEWORK]) {
      const again = await service.ask(PATH, way);
      expect([again.status, again.headers['x-cache']]).toEqual([200, 'l1']);
      expect((await service.ask(PATH, { ...way, 'If-None-Match': headers.etag! })).status).toBe(304);
    }
    expect((await service.ask('/health')).status).toBe(200);
    expect((await service.ask(`/rankings?region=Nowhere&date=${DAY}`)).status).toBe(200);
  });

  it('refuses what it would have to make of rows in memory, too', async () => {
    full(service, false);
    expect((await service.ask(PATH)).headers['x-cache']).toBe('miss');
    service.app.get(AnswerCache).clear();
    full(service, true);
    for (const way of [{}, BY_FRAMEWORK]) expect((await service.ask(PATH, way)).status).toBe(503);
    full(service, false);
    expect((await service.ask(PATH)).headers['x-cache']).toBe('miss');
  });

  it('has who asks for what is on its way already wait for it', async () => {
    const { tables } = service.app.get(Dataset).current;
    const sound = tables.read.bind(tables);
    const gate = Promise.withResolvers<void>();
    const reading = Promise.withResolvers<void>();
    const read = async (...args: Parameters<typeof sound>) => {
      reading.resolve();
      await gate.promise;
      return sound(...args);
    };
    Object.assign(tables, { read });
    try {
      full(service, false);
      const first = service.ask(PATH);
      await reading.promise;
      full(service, true);
      const joined = [service.ask(PATH), service.ask(PATH, BY_FRAMEWORK)];
      const refused = await service.ask(OTHER);
      await sleep(50);
      gate.resolve();
      expect((await Promise.all([first, ...joined])).map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(refused.status).toBe(503);
    } finally {
      Object.assign(tables, { read: sound });
    }
  });
});

describe('a service that was full', () => {
  it('takes in again what it refused', async () => {
    const service = await ListApp.started();
    try {
      full(service, true);
      expect((await service.ask(PATH)).status).toBe(503);
      full(service, false);
      expect((await service.ask(PATH)).status).toBe(200);
    } finally {
      await service.stop();
    }
  }, 60_000);
});
