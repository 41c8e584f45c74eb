import { jest } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import { TerminusModule } from '@nestjs/terminus';
import { readConfig } from '../config.js';
import { Dataset } from '../dataset/dataset.js';
import { Drain } from '../lifecycle/drain.js';
import { Warmth } from '../lifecycle/warmth.js';
import { openLog } from '../logging.js';
import { Metrics } from '../metrics/metrics.js';
import { ProcessModule } from '../process.module.js';
import { ManagementServer } from './management-server.js';
import { Probes } from './probes.js';

let module: TestingModule;
let base: string;
const written: string[] = [];
const dataset = { isOpen: false, manifest: { version: 'abc' } };

beforeEach(async () => {
  dataset.isOpen = false;
  const config = readConfig({ MANAGEMENT_PORT: '0', MANAGEMENT_HOST: '127.0.0.1' });
  const log = openLog(config.log, { stream: { write: (line) => void written.push(line) }, close: () => undefined });
  module = await Test.createTestingModule({
    imports: [ProcessModule.with(config, log), TerminusModule.forRoot({ logger: false })],
    providers: [ManagementServer, Probes, Drain, Warmth, Metrics, { provide: Dataset, useValue: dataset }],
  }).compile();
  base = `http://127.0.0.1:${await module.get(ManagementServer).listen()}`;
});
afterEach(() => module.close());

async function statuses(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const path of ['/livez', '/readyz', '/startupz']) found[path] = (await fetch(base + path)).status;
  return found;
}

describe('the probes', () => {
  it('tell a service that starts, serves and drains apart', async () => {
    expect(await statuses()).toEqual({ '/livez': 200, '/readyz': 503, '/startupz': 503 });
    dataset.isOpen = true;
    module.get(Warmth).begin();
    expect(await statuses()).toEqual({ '/livez': 200, '/readyz': 503, '/startupz': 503 });
    module.get(Warmth).end();
    expect(await statuses()).toEqual({ '/livez': 200, '/readyz': 200, '/startupz': 200 });
    module.get(Drain).begin();
    expect(await statuses()).toEqual({ '/livez': 200, '/readyz': 503, '/startupz': 200 });
  });

  it('say what is missing', async () => {
    expect(await (await fetch(`${base}/readyz`)).json()).toMatchObject({
      status: 'error',
      error: { dataset: { status: 'down', message: 'not open' } },
      info: { accepting: { status: 'up' } },
    });
    dataset.isOpen = true;
    expect(await (await fetch(`${base}/startupz`)).json()).toMatchObject({
      status: 'ok',
      info: { dataset: { status: 'up', version: 'abc' } },
    });
  });

  it('write nothing to the log, failing or not', async () => {
    await statuses();
    await fetch(`${base}/metrics`);
    expect(written).toEqual([]);
  });
});

describe('the management port', () => {
  it('gives the metrics in the text format of Prometheus', async () => {
    const response = await fetch(`${base}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await response.text()).toContain('# TYPE http_requests_total counter');
  });

  it('says of every answer that it is no page and that it is not to be kept, and not what it runs on', async () => {
    const failing = jest.spyOn(module.get(Metrics), 'text').mockRejectedValueOnce(new Error('out of order'));
    for (const [asked, status] of [
      ...Object.entries({ 'GET /metrics': 500, 'HEAD /metrics': 200, 'GET /livez': 200, 'GET /readyz': 503 }),
      ...Object.entries({ 'GET /nothing': 404, 'HEAD /startupz': 503, 'POST /livez': 405 }),
    ]) {
      const [method = '', path = ''] = asked.split(' ');
      const answer = await fetch(base + path, { method });
      expect([asked, answer.status]).toEqual([asked, status]);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
      expect([answer.headers.has('server'), answer.headers.has('x-powered-by')]).toEqual([false, false]);
    }
    failing.mockRestore();
  });

  it('answers HEAD, refuses other methods, and knows nothing else', async () => {
    const head = await fetch(`${base}/livez`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    const post = await fetch(`${base}/metrics`, { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    for (const path of ['/', '/rankings', '/__proto__', '/toString'])
      expect((await fetch(base + path)).status).toBe(404);
  });
});
