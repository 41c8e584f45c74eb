import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { parse } from 'csv-parse/sync';
import { createApp } from '../apps/api/src/app.js';
import { readConfig } from '../apps/api/src/config.js';
import { Dataset } from '../apps/api/src/dataset/dataset.js';
import { openLog } from '../apps/api/src/logging.js';
import { runDataset } from '../apps/dataset/src/usage.js';
import { PassThrough } from 'node:stream';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let folder: string;
let app: NestFastifyApplication;
let port: number;
const lines: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'representations-'));
  const sink = () => new PassThrough().resume();
  const around = { stdout: sink(), stderr: sink(), terminal: false, signal: new AbortController().signal };
  await runDataset(['sample', '--out', folder, '--regions', '4', '--days', '20', '--quiet'], around);
  const config = readConfig({ DATASET_DIR: folder, MANAGEMENT_PORT: '0' });
  app = await createApp(
    config,
    openLog(config.log, { stream: { write: (line: string) => void lines.push(line) }, close: () => undefined }),
  );
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer().address() as { port: number }).port;
}, 60_000);

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

function ask(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { port, path, method, headers, agent: false };
    request({ host: '127.0.0.1', ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

/** Headers that differ from answer to answer. */
const CHANGING = ['date', 'server-timing', 'x-request-id', 'x-cache', 'connection', 'keep-alive'];

function lasting({ status, headers, body }: Answer) {
  const kept = Object.entries(headers).filter(([name]) => !CHANGING.includes(name));
  return { status, headers: Object.fromEntries(kept), body: body.toString('latin1') };
}

const ROUTES = [
  '/rankings?region=Global&date=2017-01-05&limit=50',
  '/rankings?region=Global&date=latest',
  '/rankings?region=Global&date=2017-01-05&chart=viral50&format=csv',
  '/tracks',
  '/tracks?date=2017-01-05&region=Global',
  '/filters',
  '/filters?fields=regions&format=ndjson',
];

describe('a list', () => {
  it.each(ROUTES)('has the same bytes and headers from memory as made anew: %s', async (path) => {
    for (const coding of ['identity', 'gzip', 'br']) {
      const anew = await ask(path, { 'Accept-Encoding': coding });
      const again = await ask(path, { 'Accept-Encoding': coding });
      expect(anew.status).toBe(200);
      expect(again.headers['x-cache']).toBe('l1');
      expect(lasting(again)).toEqual(lasting(anew));
    }
  });

  it('has the same bytes and headers from memory for a page of an artist, with links to the others', async () => {
    const { artists } = JSON.parse((await ask('/filters')).body.toString()) as { artists: string[] };
    let compared = 0;
    for (const artist of artists.slice(0, 30)) {
      const path = `/artist?artist=${encodeURIComponent(artist)}&limit=2&offset=1`;
      const [anew, again] = [await ask(path), await ask(path)];
      expect(lasting(again)).toEqual(lasting(anew));
      if (anew.body.toString() === '[]') continue;
      compared++;
      expect(anew.headers['link']).toContain('rel="first"');
      expect(again.headers['x-cache']).toBe('l1');
    }
    expect(compared).toBeGreaterThan(5);
  });

  it.each(ROUTES)('says 304 to whoever has it, whatever the coding: %s', async (path) => {
    for (const coding of ['identity', 'gzip', 'br']) {
      const { headers } = await ask(path, { 'Accept-Encoding': coding });
      for (const sent of [headers.etag!, `W/${headers.etag!}`, `"other", ${headers.etag!}`, '*']) {
        const answer = await ask(path, { 'If-None-Match': sent });
        expect([answer.status, answer.body.length]).toEqual([304, 0]);
        expect(answer.headers['cache-control']).toBe(headers['cache-control']);
        expect(answer.headers['vary']).toBe(headers['vary']);
      }
      expect((await ask(path, { 'If-None-Match': '"other"' })).status).toBe(200);
    }
  });

  it('says 304 without a question to the dataset or a look into the cache, also when it was never asked for', async () => {
    const path = '/rankings?region=Global&date=2017-01-07&limit=7';
    const { etag } = (await ask(path)).headers;
    const other = await createAppLikeThis();
    try {
      const { current } = other.get(Dataset);
      const read = countReads(current.tables);
      const answer = await askOn(other, path, { 'If-None-Match': etag! });
      expect([answer.status, read.calls]).toEqual([304, 0]);
      expect((await askOn(other, path)).status).toBe(200);
      expect(read.calls).toBe(1);
    } finally {
      await other.close();
    }
  });

  it('comes in the coding that the client prefers, and is the same once decoded', async () => {
    const path = '/rankings?region=Global&date=2017-01-05&limit=100';
    const plain = await ask(path);
    const gzip = await ask(path, { 'Accept-Encoding': 'gzip, deflate' });
    const br = await ask(path, { 'Accept-Encoding': 'gzip, deflate, br' });
    expect([plain, gzip, br].map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'gzip', 'br']);
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    expect(brotliDecompressSync(br.body)).toEqual(plain.body);
    expect(new Set([plain, gzip, br].map(({ headers }) => headers.etag)).size).toBe(3);
    const refused = await ask(path, { 'Accept-Encoding': 'br;q=0, gzip;q=0' });
    expect(lasting(refused)).toEqual(lasting(plain));
  });

  it('has the headers of GET and no body for HEAD', async () => {
    for (const path of ROUTES) {
      const [get, head] = [await ask(path), await ask(path, {}, 'HEAD')];
      expect(lasting(head)).toEqual({ ...lasting(get), body: '' });
    }
  });

  it('has the same rows in every format', async () => {
    const path = '/rankings?region=Global&date=2017-01-05&limit=100';
    const rows = JSON.parse((await ask(path)).body.toString()) as Record<string, string | number | null>[];
    const ndjson = (await ask(`${path}&format=ndjson`)).body.toString().trimEnd().split('\n');
    expect(ndjson.map((line) => JSON.parse(line) as unknown)).toEqual(rows);
    const csv = parse((await ask(`${path}&format=csv`)).body, { columns: true });
    expect(csv).toEqual(
      rows.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? '' : String(value)])),
      ),
    );
  });

  it('is not answered in the form that another Accept had asked for', async () => {
    const path = '/rankings?region=Global&date=2017-01-09&limit=3';
    const csv = await ask(path, { Accept: 'text/csv' });
    const json = await ask(path);
    const csvAgain = await ask(path, { Accept: 'text/csv' });
    expect(csv.headers['content-type']).toContain('text/csv');
    expect(json.headers['content-type']).toContain('application/json');
    expect(lasting(csvAgain)).toEqual(lasting(csv));
    expect((await ask(path, { Accept: 'image/png' })).status).toBe(406);
  });

  it('keeps nothing of what is not in the data', async () => {
    for (let i = 0; i < 3; i++) {
      const { headers, body } = await ask('/rankings?region=Nowhere&date=2017-01-05');
      expect([headers['x-cache'], body.toString()]).toEqual(['miss', '[]']);
    }
  });

  it('is logged and counted the same from memory as made anew', async () => {
    const path = '/rankings?region=Global&date=2017-01-11&limit=4';
    for (const id of ['first', 'second']) await ask(path, { 'X-Request-Id': id });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const found = lines
      .flatMap((block) => block.trimEnd().split('\n'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ requestId }) => requestId === 'first' || requestId === 'second');
    const { time: _t, durationMs: _d, requestId: _r, cache: fromAnew, ...anew } = found[0]!;
    const { time: _t2, durationMs: _d2, requestId: _r2, cache: fromMemory, ...again } = found[1]!;
    expect([fromAnew, fromMemory]).toEqual(['miss', 'l1']);
    expect(again).toEqual(anew);
    expect(anew).toMatchObject({ method: 'GET', url: path, route: '/rankings', status: 200 });
  });
});

async function createAppLikeThis(): Promise<NestFastifyApplication> {
  const config = readConfig({ DATASET_DIR: folder, MANAGEMENT_PORT: '0', LOG_LEVEL: 'error' });
  const other = await createApp(
    config,
    openLog(config.log, { stream: { write: () => undefined }, close: () => undefined }),
  );
  await other.listen(0, '127.0.0.1');
  return other;
}

async function askOn(other: NestFastifyApplication, path: string, headers: Record<string, string> = {}) {
  const before = port;
  port = (other.getHttpServer().address() as { port: number }).port;
  try {
    return await ask(path, headers);
  } finally {
    port = before;
  }
}

/** Counts the questions to the dataset's tables. */
function countReads(tables: { read: (...args: never[]) => unknown }): { calls: number } {
  const counter = { calls: 0 };
  const read = tables.read.bind(tables);
  Object.assign(tables, {
    read: (...args: never[]) => {
      counter.calls++;
      return read(...args);
    },
  });
  return counter;
}

describe('a start', () => {
  it('has the latest charts and the artists with the most entries at hand before the first request', async () => {
    const other = await createAppLikeThis();
    try {
      const reads = countReads(other.get(Dataset).current.tables);
      const { regions } = JSON.parse((await askOn(other, '/filters')).body.toString()) as { regions: string[] };
      for (const region of regions) {
        const { headers } = await askOn(other, `/rankings?region=${encodeURIComponent(region)}&date=latest`);
        expect(headers['x-cache']).toBe('l1');
      }
      expect(reads.calls).toBe(0);
    } finally {
      await other.close();
    }
  });
});
