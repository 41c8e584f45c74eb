import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunningService } from '../setup/running-service.js';
import { SwappedDataset } from '../setup/swapped-dataset.js';
import { recordFault } from './fault-record.js';
import { coldPaths, openFiles, READ_FROM_FILE } from './process-paths.js';
import { SteadyRequests } from './steady-requests.js';

const TIMES = 6;
const WATCH_MS = 10_000;

let swapped: SwappedDataset;
let temp: string;
beforeAll(async () => {
  swapped = await SwappedDataset.create();
  temp = mkdtempSync(join(tmpdir(), 'swap-'));
}, 60_000);
afterAll(async () => {
  rmSync(temp, { recursive: true });
  await swapped.remove();
});

/** Waits until a process has a file of the version open: it is being read to be served next. */
async function untilOpening(pid: number, version: string): Promise<void> {
  const end = performance.now() + WATCH_MS;
  while (!openFiles(pid).some((path) => path.includes(version))) {
    if (performance.now() > end) throw new Error('the new version is not opened');
    await sleep(1);
  }
}

describe('SIGTERM', () => {
  it('during a hot swap under load', async () => {
    const total = { sent: 0, failed: 0, worstMs: 0, endMs: 0 };
    const codes = new Set<unknown>();
    const reasons: string[] = [];
    for (let i = 0; i < TIMES; i++) {
      swapped.pointTo(swapped.versions[0]);
      const settings = { DATASET_DIR: swapped.dir, DATASET_WATCH_SECONDS: '1', SHUTDOWN_DRAIN_MS: '500' };
      const service = await RunningService.start({
        ...settings,
        DUCKDB_TEMP_DIR: temp,
        LOG_REQUEST_SAMPLE: '0',
        ...READ_FROM_FILE,
      });
      try {
        const requests = new SteadyRequests({ port: service.port, requestsPerSecond: 300, paths: coldPaths() });
        swapped.pointTo(swapped.versions[1]);
        await untilOpening(service.pid, swapped.versions[1]);
        // At another moment of opening, replacing and closing each time.
        await sleep(10 * i);
        service.signal('SIGTERM');
        const signalled = performance.now();
        await sleep(250);
        const { sent, failed, errors, worstMs } = await requests.stop();
        codes.add(await service.ended);
        reasons.push(...Object.keys(errors));
        total.sent += sent;
        total.failed += failed;
        total.worstMs = Math.max(total.worstMs, worstMs);
        total.endMs = Math.max(total.endMs, performance.now() - signalled);
      } finally {
        await service.stop();
      }
    }
    const { sent, failed, worstMs, endMs } = total;
    recordFault({
      ...{
        door: 'process',
        fault: `SIGTERM during a hot swap under 300 requests/s, ${TIMES} times`,
        sent,
        failed,
        worstMs,
      },
      lost: 'nothing',
      seen: `ended with ${[...codes].join(' and ')} after at most ${endMs.toFixed(0)} ms, nothing left in the folder of temporary files`,
      limits: [{ name: 'end after ms, with 500 of waiting', value: endMs, most: 4000 }],
    });
    expect(reasons).toEqual([]);
    expect([...codes]).toEqual([0]);
    expect(existsSync(temp) ? readdirSync(temp) : []).toEqual([]);
  }, 120_000);
});
