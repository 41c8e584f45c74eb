import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatasetError } from '#libs/catalog';
import { PoolClosedError, QueryQueueFullError, QueryTimeoutError } from '#libs/duckdb';
import { Dataset } from '../dataset/dataset.js';
import { chartHistory } from '../dataset/testing/chart-history.js';
import { Connections } from '../lifecycle/connections.js';
import { Drain } from '../lifecycle/drain.js';
import { BY_FRAMEWORK, lasting, ListApp } from './testing/list-app.js';

const DAY = chartHistory()[0]!.date;
const PATH = `/rankings?region=Global&date=${DAY}&limit=30&format=json`;

let service: ListApp;
beforeAll(async () => {
  service = await ListApp.started();
}, 60_000);
afterAll(() => service.stop());
beforeEach(() => {
  service.taken.length = 0;
  service.forget();
});

/** Has the dataset fail, or not answer, while a function runs. */
async function whileReading(read: () => Promise<never>, run: () => Promise<void>): Promise<void> {
  const { tables } = service.app.get(Dataset).current;
  const sound = tables.read.bind(tables);
  Object.assign(tables, { read });
  try {
    await run();
  } finally {
    Object.assign(tables, { read: sound });
  }
}

describe('a list that cannot be made', () => {
  it.each([
    ['query-timeout', 503, () => new QueryTimeoutError('longer than 5000 ms')],
    ['overloaded', 503, () => new QueryQueueFullError('1000 wait already')],
    ['stopping', 503, () => new PoolClosedError('the database is closed')],
    ['dataset-damaged', 503, () => new DatasetError('corrupt', 'a block is damaged')],
    ['internal-error', 500, () => new Error('secret=1 is wrong')],
  ] as const)('is the problem that the framework answers with: %s', async (code, status, fault) => {
    await whileReading(
      () => Promise.reject(fault()),
      async () => {
        const headers = { 'X-Request-Id': code, Origin: 'https://charts.example' };
        const [early, framework] = [
          await service.ask(PATH, headers),
          await service.ask(PATH, { ...headers, ...BY_FRAMEWORK }),
        ];
        expect(service.taken).toEqual([true, false]);
        expect([early.status, JSON.parse(early.body)]).toMatchObject([status, { type: `/problems/${code}` }]);
        expect(early.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
        expect(lasting(framework)).toEqual(lasting(early));
        const [first, second] = await service.linesOf(code, 2);
        const { stack: firstStack, ...err } = first!['err'] as { stack: string };
        expect(second).toEqual({ ...first, err: { ...err, stack: expect.any(String) } });
        expect(firstStack).toContain('    at ');
      },
    );
    expect((await service.ask(PATH)).status).toBe(200);
    expect([await service.metric('http_requests_in_flight'), service.app.get(Connections).requests]).toEqual([0, 0]);
  });
});

describe('a client that leaves before its answer', () => {
  it.each([
    ['while it is fetched', true],
    ['and it fails later', false],
  ])('is logged and counted, %s', async (name, succeeds) => {
    const { tables } = service.app.get(Dataset).current;
    const sound = tables.read.bind(tables);
    const gate = Promise.withResolvers<void>();
    const read = async (...args: Parameters<typeof sound>) => {
      await gate.promise;
      return sound(...args) as never;
    };
    await whileReading(read as never, async () => {
      const id = `left-${String(succeeds)}`;
      const socket = connect(service.port, '127.0.0.1');
      socket.write(`GET ${PATH} HTTP/1.1\r\nHost: ${name.length}\r\nX-Request-Id: ${id}\r\n\r\n`);
      for (let turns = 0; service.app.get(Connections).requests === 0 && turns < 500; turns++) await sleep(10);
      expect([service.app.get(Connections).requests, await service.metric('http_requests_in_flight')]).toEqual([1, 1]);
      socket.destroy();
      expect(await service.linesOf(id, 1)).toEqual([
        expect.objectContaining({ status: 499, route: '/rankings', bytes: 0 }),
      ]);
      if (succeeds) gate.resolve();
      else gate.reject(new Error('too late'));
      await sleep(50);
      expect([
        service.app.get(Connections).requests,
        await service.metric('http_requests_in_flight'),
        (await service.linesOf(id, 1)).length,
      ]).toEqual([0, 0, 1]);
    });
  });
});

describe('lists while the service drains', () => {
  it('ask each client to close its connection, fetched, from memory and by the framework', async () => {
    const drain = service.app.get(Drain);
    await service.ask(PATH);
    const stop = draining(drain);
    try {
      service.forget();
      for (const headers of [{}, {}, BY_FRAMEWORK])
        expect((await service.ask(PATH, headers)).headers.connection).toBe('close');
    } finally {
      stop();
    }
  });
});

/** Has the service drain until the function that is returned is called. */
function draining(drain: Drain): () => void {
  drain.begin();
  return () => Object.assign(drain, { draining: false });
}
