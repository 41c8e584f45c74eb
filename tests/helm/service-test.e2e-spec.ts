import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { KeyFolder, keysOf } from '../../apps/api/src/access/testing/key-folder.js';
import { createApp } from '../../apps/api/src/app.js';
import { readConfig } from '../../apps/api/src/config.js';
import { openLog } from '../../apps/api/src/logging.js';
import { runDataset } from '../../apps/dataset/src/usage.js';
import { only } from '../kubernetes/objects.js';
import { CHART, render } from './chart.js';

/** Runs the script of the test pods against a URL. */
function runTest(
  url: string,
  part: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    const script = join(CHART, 'files/service-test.mjs');
    const child = execFile(
      process.execPath,
      [script, part],
      { env: { SERVICE_URL: url, ...environment } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const portOf = (server: Pick<Server, 'address'>) => (server.address() as AddressInfo).port;

/** The service as it listens on a port of 127.0.0.1. */
async function listening(environment: Readonly<Record<string, string>>): Promise<NestFastifyApplication> {
  const config = readConfig({ LOG_LEVEL: 'error', MANAGEMENT_PORT: '0', ...environment });
  const sink = { stream: { write: () => undefined }, close: () => undefined };
  const app = await createApp(config, openLog(config.log, sink));
  await app.listen(0, '127.0.0.1');
  return app;
}

describe('the test pods', () => {
  let folder: string;
  let app: NestFastifyApplication;
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chart-test-'));
    const sink = () => new PassThrough().resume();
    const around = { stdout: sink(), stderr: sink(), terminal: false, signal: new AbortController().signal };
    await runDataset(['sample', '--out', folder, '--regions', '4', '--days', '20', '--quiet'], around);
    app = await listening({ DATASET_DIR: folder });
    url = `http://127.0.0.1:${portOf(app.getHttpServer())}`;
  }, 60_000);

  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(['answers', 'manners'])('pass against the service: %s', async (part) => {
    const { code, stdout, stderr } = await runTest(url, part);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').length).toBeGreaterThan(8);
  });

  it.each([
    ['answers', '/health: expected the text OK, got something else'],
    ['manners', '/filters: expected an ETag, got something else'],
  ])('fail against something else: %s', async (part, sentence) => {
    const other = createServer((_request, response) => response.end('hello'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const { code, stderr } = await runTest(`http://127.0.0.1:${portOf(other)}`, part);
      expect({ code, stderr: stderr.trim() }).toEqual({ code: 1, stderr: sentence });
    } finally {
      other.close();
    }
  });

  it.each(['answers', 'manners'])(
    'pass against a service that asks for keys: %s',
    async (part) => {
      const keys = new KeyFolder(keysOf({ mobile: undefined }).text);
      const asking = await listening({ DATASET_DIR: folder, API_KEYS_FILE: keys.path });
      try {
        const address = `http://127.0.0.1:${portOf(asking.getHttpServer())}`;
        const { code, stdout, stderr } = await runTest(address, part, { ASKS_FOR_KEYS: 'true' });
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(stdout).toContain(part === 'answers' ? '/tracks: status 401' : '/openapi.json: status 200');
        expect((await runTest(url, 'answers', { ASKS_FOR_KEYS: 'true' })).stderr.trim()).toBe(
          '/filters: expected status 401, got status 200',
        );
      } finally {
        await asking.close();
        keys.remove();
      }
    },
    30_000,
  );

  it('carry that script, have names that stay, and go on calling the Service by its port', async () => {
    const objects = await render({ cases: ['extras'] });
    const pods = objects.filter(({ kind }) => kind === 'Pod');
    expect(pods.map(({ metadata }) => metadata.name)).toEqual([
      'charts-spotify-charts-test-answers',
      'charts-spotify-charts-test-manners',
    ]);
    const hook = { 'helm.sh/hook': 'test', 'helm.sh/hook-delete-policy': 'before-hook-creation' };
    for (const { metadata, spec } of pods) {
      expect(metadata.annotations).toEqual(hook);
      expect(JSON.stringify(spec)).toContain('"http://charts-spotify-charts.music:8080"');
    }
    const { data } = only(objects, 'ConfigMap', '-test');
    expect(data!['service-test.mjs']).toContain('await tests[process.argv[2]]()');
  });
});
