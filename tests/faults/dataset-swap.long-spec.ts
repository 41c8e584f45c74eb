import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../apps/api/src/cache/testing/redis-server.js';
import { Histogram } from '../../loadtest/generator/histogram.js';
import { RunningService } from '../setup/running-service.js';
import { answersOfBoth, ask, QUESTIONS } from '../setup/swap-questions.js';
import { SwappedDataset } from '../setup/swapped-dataset.js';
import { recordFault } from './fault-record.js';
import { openFiles } from './process-paths.js';

const SWAPS = 50;
/** Swaps before anything is measured: what is made once is made then. */
const FIRST_SWAPS = 4;
const CLIENTS = 12;
const PAUSE_MS = 10;
const MB = 2 ** 20;
/** Versions that were replaced are closed a second after. */
const CLOSED_MS = 1500;

let swapped: SwappedDataset;
let service: RunningService;
beforeAll(async () => {
  swapped = await SwappedDataset.create();
  // Hardly any memory for answers, so that most questions are read from the file again and again.
  service = await RunningService.start({
    ...{ DATASET_DIR: swapped.dir, DATASET_WATCH_SECONDS: '1', LOG_REQUEST_SAMPLE: '0' },
    ...{ CACHE_L1_MAX_BYTES: '20000', CACHE_WARM_UP_MS: '50' },
  });
}, 60_000);
afterAll(async () => {
  await service.stop();
  await swapped.remove();
});

let swaps = 0;
async function swap(): Promise<void> {
  swapped.pointTo(swapped.versions[++swaps % 2]!);
  await until('the next version', async () => (await service.metric('dataset_replacements_total')) === swaps);
}

/** Clients that ask and compare until they are stopped. */
class Comparing {
  readonly wrong: unknown[] = [];
  readonly seen = new Set<string>();
  readonly latency = new Histogram();
  sent = 0;
  private over = false;
  private readonly clients: readonly Promise<void>[];

  constructor(private readonly right: ReadonlyMap<string, string>) {
    this.clients = Array.from({ length: CLIENTS }, (_, client) => this.client(client));
  }

  async stop(): Promise<void> {
    this.over = true;
    await Promise.all(this.clients);
  }

  private async client(first: number): Promise<void> {
    for (let turn = first; !this.over; turn++) {
      const question = QUESTIONS[(turn * 7) % QUESTIONS.length]!;
      const began = performance.now();
      this.sent++;
      const answer = await ask(service.port, question).catch((error: unknown) => ({
        status: 0,
        etag: '',
        body: String(error),
      }));
      this.latency.record((performance.now() - began) * 1000);
      const key = `${question} ${answer.etag}`;
      this.seen.add(key);
      if (this.right.get(key) !== answer.body)
        this.wrong.push({ question, ...answer, body: answer.body.slice(0, 200) });
      await sleep(PAUSE_MS);
    }
  }
}

const filesOpen = () => openFiles(service.pid).filter((path) => path.startsWith(swapped.dir)).length;

describe('a hot swap', () => {
  it(`under load, ${SWAPS} times in a row`, async () => {
    const right = await answersOfBoth(service.port, swap);
    const clients = new Comparing(right);
    for (let i = 0; i < FIRST_SWAPS; i++) await swap();
    await sleep(CLOSED_MS);
    const before = { rss: await service.memoryBytes(), all: openFiles(service.pid).length, files: filesOpen() };
    for (let i = 0; i < SWAPS; i++) await swap();
    await sleep(CLOSED_MS);
    const after = { rss: await service.memoryBytes(), all: openFiles(service.pid).length, files: filesOpen() };
    await clients.stop();
    const { sent, wrong, seen, latency } = clients;
    recordFault({
      ...{ door: 'dataset', fault: `hot swap ${SWAPS} times in a row under load`, sent, failed: wrong.length },
      ...{ worstMs: latency.maxUs / 1000, lost: 'nothing' },
      seen: `${seen.size} different answers, each wholly of the version in its ETag; ${before.files} then ${after.files} files of the dataset and ${before.all} then ${after.all} in all open; memory ${(before.rss / MB).toFixed(0)} then ${(after.rss / MB).toFixed(0)} MiB`,
      limits: [{ name: 'memory that came on top, MiB', value: (after.rss - before.rss) / MB, most: 16 }],
    });
    expect(wrong).toEqual([]);
    expect(seen.size).toBeGreaterThan(QUESTIONS.length);
    expect(after.files).toBe(before.files);
    expect(after.all).toBeLessThanOrEqual(before.all + CLIENTS);
  }, 240_000);
});
