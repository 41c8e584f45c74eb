import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runDatasetProgram, RunningService } from '../setup/running-service.js';
import { recordFault } from './fault-record.js';
import { coldPaths, PATHS, READ_FROM_FILE } from './process-paths.js';
import { SteadyRequests } from './steady-requests.js';

const CONNECTIONS = 16;
/** What nobody who asked for it was connected for. */
const REFUSED = /ECONNREFUSED/;

let folder: string;
let settings: Readonly<Record<string, string>>;
const running: RunningService[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kill-'));
  settings = {
    ...{ DATASET_DIR: join(folder, 'data'), DUCKDB_TEMP_DIR: join(folder, 'temp') },
    ...{ LOG_FILE: join(folder, 'app.log'), SHUTDOWN_DRAIN_MS: '0' },
  };
  const size = ['--seed', '1', '--regions', '3', '--days', '4', '--quiet'];
  const made = await runDatasetProgram(['sample', '--out', settings['DATASET_DIR']!, ...size]);
  if (made.code !== 0) throw new Error(made.err);
}, 60_000);
afterAll(async () => {
  await Promise.all(running.map((service) => service.stop()));
  rmSync(folder, { recursive: true });
});

async function start(port = 0): Promise<RunningService> {
  const service = await RunningService.start({ ...settings, PORT: String(port), ...READ_FROM_FILE });
  running.push(service);
  return service;
}

/** Digests of what is answered, with its ETags. */
async function answers({ port }: RunningService): Promise<readonly string[]> {
  const paths = [...PATHS, ...Array.from({ length: 20 }, coldPaths())];
  return Promise.all(
    paths.map(async (path) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      const digest = createHash('sha256')
        .update(await response.bytes())
        .digest('hex');
      return `${path} ${response.status} ${response.headers.get('etag')} ${digest}`;
    }),
  );
}

describe('SIGKILL', () => {
  it('under load, and a restart', async () => {
    const first = await start();
    const before = await answers(first);
    const files = readdirSync(folder).sort();
    const cold = coldPaths();
    const requests = new SteadyRequests({
      ...{ port: first.port, requestsPerSecond: 400, connections: CONNECTIONS, paths: cold },
    });
    await sleep(500);
    const quiet = requests.take();
    first.signal('SIGKILL');
    expect(await first.ended).toBe('SIGKILL');
    const killed = performance.now();
    const second = await start(first.port);
    const downMs = performance.now() - killed;
    await sleep(300);
    const { sent, errors } = await requests.stop();
    const count = (which: boolean) =>
      Object.entries(errors).reduce((sum, [reason, n]) => sum + (REFUSED.test(reason) === which ? n : 0), 0);
    const [refused, inFlight] = [count(true), count(false)];
    recordFault({
      ...{ door: 'process', fault: 'SIGKILL under 400 requests/s, and a restart', sent, failed: inFlight },
      lost: `${inFlight} answers in flight`,
      seen: `${refused} more found nobody at the port in ${downMs.toFixed(0)} ms; the same answers and ETags after, no file left behind`,
    });
    expect(quiet.errors).toEqual({});
    expect(inFlight).toBeLessThanOrEqual(CONNECTIONS);
    expect(await answers(second)).toEqual(before);
    second.signal('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(files);
  }, 60_000);
});
