import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from '../../loadtest/bench/measure.js';
import { readQuestions } from '../../loadtest/bench/questions.js';
import { Histogram } from '../../loadtest/generator/histogram.js';
import type { LoadPlan, LoadResult } from '../../loadtest/generator/plan.js';
import { runDatasetProgram, RunningService } from '../setup/running-service.js';
import { recordFault } from './fault-record.js';
import { openFiles } from './process-paths.js';
import { growthPerMinute, type Sample } from './soak-trend.js';

/** Requests in which memory is watched; fewer by FAULTS_SOAK_REQUESTS, for a try. */
const REQUESTS = Number(process.env['FAULTS_SOAK_REQUESTS'] ?? 2_400_000);
/** Of the same mix before them, as a share of them, from more connections: no more comes at a time later on. */
const FIRST_SHARE = 1 / 6;
/**
 * And as many, as a share, in the same breath as those in which memory is watched: while nothing is asked between the two
 * loads V8 gives back some five MiB, and takes them again within half a minute at 17,000 to 23,000 requests a second. What is
 * left then goes up and down by two MiB within a minute, so that less than a minute and a half would tell nothing.
 */
const SETTLING_SHARE = 1 / 3;
const [FIRST_CONNECTIONS, CONNECTIONS] = [128, 32];
const MOST_SECONDS = 300;
const MB = 2 ** 20;
/** A sixteenth of what it is by default: a few hundred answers, so that they are dropped all the time. */
const CACHE_BYTES = 524_288;
const LOOK_MS = 1000;

let folder: string;
let service: RunningService;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const dataset = join(folder, 'data');
  const size = ['--seed', '1', '--regions', '20', '--days', '120', '--quiet'];
  const made = await runDatasetProgram(['sample', '--out', dataset, ...size]);
  if (made.code !== 0) throw new Error(made.err);
  service = await RunningService.start({
    ...{ DATASET_DIR: dataset, DATASET_WATCH_SECONDS: '1', CACHE_L1_MAX_BYTES: String(CACHE_BYTES) },
    ...{ LOG_REQUEST_SAMPLE: '0.001', CONNECTION_MAX_AGE_MS: '20000' },
  });
}, 120_000);
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

/** So many requests of the mix of the four original calls, each connection asking as soon as it is answered. */
async function mixed(maxRequests: number, connections: number, seed: number): Promise<LoadResult> {
  const { vocabulary } = await readQuestions(join(folder, 'data'));
  const etag = (await service.get('/filters')).headers.get('etag');
  const plan: LoadPlan = {
    ...{ host: '127.0.0.1', port: service.port, seconds: MOST_SECONDS, maxRequests, observe: false },
    ...{ model: { kind: 'closed', connections }, statuses: [200, 304] },
    requests: { kind: 'mix', vocabulary, exponent: 1.1, seed, ...(etag !== null && { filtersEtag: etag }) },
  };
  return generate(plan);
}

interface Held {
  readonly files: number;
  readonly handles: number;
}

/** What the process holds when nobody is connected any more. */
async function held(): Promise<Held> {
  await sleep(1500);
  return { files: openFiles(service.pid).length, handles: await service.metric('nodejs_active_handles_total') };
}

describe('a day of work', () => {
  it('of two million requests with a small cache', async () => {
    const first = await mixed(Math.ceil(REQUESTS * FIRST_SHARE), FIRST_CONNECTIONS, 1);
    const before = await held();
    const memory: Sample[] = [];
    const began = performance.now();
    const look = setInterval(() => {
      const seconds = (performance.now() - began) / 1000;
      void service.memoryBytes().then((bytes) => memory.push({ seconds, value: bytes / MB }));
    }, LOOK_MS);
    const rest = await mixed(Math.ceil(REQUESTS * (1 + SETTLING_SHARE)), CONNECTIONS, 2).finally(() =>
      clearInterval(look),
    );
    const after = await held();
    const [errors, requests] = [{ ...first.errors, ...rest.errors }, first.requests + rest.requests];
    const failed = Object.values(first.errors)
      .concat(Object.values(rest.errors))
      .reduce((sum, count) => sum + count, 0);
    const worstMs = new Histogram().add(first.latency).add(rest.latency).maxUs / 1000;
    const [evictions, misses] = [
      await service.metric('cache_evictions_total'),
      await service.metric('cache_requests_total', 'miss'),
    ];
    const settled = (rest.seconds * SETTLING_SHARE) / (1 + SETTLING_SHARE);
    const watched = memory.filter(({ seconds }) => seconds >= settled);
    const levels = watched.map(({ value }) => value);
    recordFault({
      ...{ door: 'process', fault: `${requests.toLocaleString('en-US')} mixed requests with a cache of 512 KiB` },
      ...{ sent: requests + failed, failed, worstMs, lost: 'nothing' },
      seen: `${(rest.requests / rest.seconds).toFixed(0)} requests/s, ${misses} answers made anew, ${evictions} dropped; memory ${Math.min(...levels).toFixed(0)} to ${Math.max(...levels).toFixed(0)} MiB; ${before.files} then ${after.files} files, ${before.handles} then ${after.handles} handles`,
      limits: [
        { name: 'requests', value: requests, least: REQUESTS },
        { name: 'memory, MiB a minute', value: growthPerMinute(watched), most: 1 },
      ],
    });
    expect(errors).toEqual({});
    expect(evictions).toBeGreaterThan(0);
    expect(after.files).toBeLessThanOrEqual(before.files + 1);
    expect(after.handles).toBeLessThanOrEqual(before.handles + 1);
  }, 480_000);
});
