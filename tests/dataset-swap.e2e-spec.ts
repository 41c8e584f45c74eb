import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../apps/api/src/app.js';
import { readConfig } from '../apps/api/src/config.js';
import { Dataset } from '../apps/api/src/dataset/dataset.js';
import { openLog } from '../apps/api/src/logging.js';
import { openFiles } from './faults/process-paths.js';
import { answersOfBoth, ask, QUESTIONS } from './setup/swap-questions.js';
import { SwappedDataset } from './setup/swapped-dataset.js';

/** Fifty in a row, of the service as a process, are in faults/dataset-swap. */
const SWAPS = 12;
const CLIENTS = 12;

let swapped: SwappedDataset;
let app: NestFastifyApplication;
let port: number;
beforeAll(async () => {
  swapped = await SwappedDataset.create();
  // Hardly any memory for answers, so that most questions are read from the file again and again.
  const config = readConfig({
    ...{ DATASET_DIR: swapped.dir, MANAGEMENT_PORT: '0', LOG_LEVEL: 'silent', DATASET_WATCH_SECONDS: '0' },
    ...{ CACHE_L1_MAX_BYTES: '20000', CACHE_WARM_UP_MS: '50' },
  });
  app = await createApp(config, openLog(config.log));
  await app.listen(0, '127.0.0.1');
  port = (app.getHttpServer().address() as AddressInfo).port;
}, 60_000);
afterAll(async () => {
  await app.close();
  await swapped.remove();
});

async function swapTo(version: string): Promise<void> {
  swapped.pointTo(version);
  await app.get(Dataset).replace();
  expect(app.get(Dataset).version.slice(0, 16)).toBe(version);
}

/** Files of the dataset that the process has open. */
const filesOpen = () => openFiles(process.pid).filter((path) => path.startsWith(swapped.dir));

describe('a dataset that is replaced while it is asked', () => {
  it(`${SWAPS} times gives every answer wholly from the version that its ETag names, and closes what it opened`, async () => {
    const order = [...swapped.versions];
    const right = await answersOfBoth(port, () => swapTo(order.pop()!));
    await sleep(1500);
    const before = filesOpen();
    expect(before.length).toBeGreaterThan(0);

    const done = new AbortController();
    let asked = 0;
    const wrong: unknown[] = [];
    const seen = new Set<string>();
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      for (let turn = client; !done.signal.aborted; turn++) {
        const question = QUESTIONS[(turn * 7) % QUESTIONS.length]!;
        const { status, etag, body } = await ask(port, question);
        asked++;
        seen.add(`${question} ${etag}`);
        if (right.get(`${question} ${etag}`) !== body) wrong.push({ question, status, etag, body: body.slice(0, 200) });
      }
    });
    for (let swap = 0; swap < SWAPS; swap++) await swapTo(swapped.versions[(swap + 1) % 2]!);
    done.abort();
    await Promise.all(clients);

    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(SWAPS);
    expect(seen.size).toBeGreaterThan(QUESTIONS.length);
    // Versions that were replaced are closed when nothing can ask them any more.
    for (let turns = 0; filesOpen().length > before.length && turns < 50; turns++) await sleep(100);
    expect(filesOpen().length).toBe(before.length);
  }, 120_000);

  it('once more before the process ends is closed with it', async () => {
    await swapTo(swapped.versions[0]);
    await swapTo(swapped.versions[1]);
    await app.close();
    expect(filesOpen()).toEqual([]);
  });
});
