import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readQuestions } from '../../loadtest/bench/questions.js';
import { runDatasetProgram, RunningService } from '../setup/running-service.js';
import { recordFault } from './fault-record.js';
import { SteadyRequests } from './steady-requests.js';

let folder: string;
let service: RunningService;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deadline-'));
  const dataset = join(folder, 'data');
  const size = ['--seed', '1', '--regions', '12', '--days', '60', '--quiet'];
  const made = await runDatasetProgram(['sample', '--out', dataset, ...size]);
  if (made.code !== 0) throw new Error(made.err);
  service = await RunningService.start({
    ...{ DATASET_DIR: dataset, DUCKDB_QUERY_TIMEOUT_MS: '1', DUCKDB_CONNECTIONS: '2' },
    ...{ CACHE_L1_MAX_BYTES: '0', CACHE_WARM_UP_MS: '0' },
  });
}, 60_000);
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

/** Long histories, each one read from many pages. */
async function histories(): Promise<readonly string[]> {
  const { vocabulary } = await readQuestions(join(folder, 'data'));
  return vocabulary.artists.slice(0, 100).map((name) => `/artist?artist=${encodeURIComponent(name)}&limit=1000`);
}

describe('a query', () => {
  it('beyond its deadline', async () => {
    const paths = await histories();
    const withoutRetry: string[] = [];
    let late = 0;
    const requests = new SteadyRequests({
      ...{ port: service.port, requestsPerSecond: 1000, connections: 64, paths, statuses: [200, 503] },
      answered: (_path, status, head) => {
        if (status !== 503) return;
        late++;
        if (!/\r\nretry-after: \d+\r\n/i.test(head) || !/application\/problem\+json/.test(head))
          withoutRetry.push(head);
      },
    });
    await sleep(1500);
    const { sent, failed, errors, worstMs } = await requests.stop();
    const inUse = await service.metric('duckdb_connections_in_use');
    const waiting = await service.metric('duckdb_queue_length');
    // One at a time now, with the same deadline: each connection answers again.
    let right = 0;
    for (const path of Array.from({ length: 40 }, (_, turn) => `/rankings?region=Global&date=latest&limit=${turn + 1}`))
      right += (await service.get(path)).status === 200 ? 1 : 0;
    const interrupted = service.log.filter((line) => line.includes('took longer than 1 ms')).length;
    recordFault({
      ...{ door: 'process', fault: 'DuckDB queries with a deadline of 1 ms, 1000/s', sent, failed, worstMs },
      lost: `${late} answered 503 with Retry-After`,
      seen: `${interrupted} interrupted while they ran; none holds a connection after, ${right} of 40 look-ups answered then`,
      limits: [{ name: 'worst ms', value: worstMs, most: 1000 }],
    });
    expect([errors, withoutRetry]).toEqual([{}, []]);
    expect([inUse, waiting]).toEqual([0, 0]);
    expect(interrupted).toBeGreaterThan(0);
    expect(right).toBeGreaterThan(0);
  });
});
