import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../apps/api/src/app.js';
import { readConfig } from '../apps/api/src/config.js';
import { Dataset } from '../apps/api/src/dataset/dataset.js';
import { openLog } from '../apps/api/src/logging.js';
import { Metrics } from '../apps/api/src/metrics/metrics.js';
import { SwappedDataset } from './setup/swapped-dataset.js';

let swapped: SwappedDataset;
let app: NestFastifyApplication;
let base: string;
const lines: Record<string, unknown>[] = [];
beforeAll(async () => {
  swapped = await SwappedDataset.create();
  const config = readConfig({ DATASET_DIR: swapped.dir, MANAGEMENT_PORT: '0', DATASET_WATCH_SECONDS: '1' });
  const write = (block: string) => {
    for (const line of block.trim().split('\n')) lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  app = await createApp(config, openLog(config.log, { stream: { write }, close: () => undefined }));
  await app.listen(0, '127.0.0.1');
  base = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
}, 60_000);
afterAll(async () => {
  await app.close();
  await swapped.remove();
});

async function metric(name: string): Promise<number> {
  const text = await app.get(Metrics).text();
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
}

async function waitFor(what: () => Promise<boolean> | boolean): Promise<void> {
  for (let turns = 0; !(await what()); turns++) {
    if (turns > 200) throw new Error(`not in time: ${what.toString()}`);
    await sleep(50);
  }
}

const served = () => app.get(Dataset).version.slice(0, 16);
const errors = () => lines.filter(({ msg }) => msg === 'dataset cannot be replaced');

describe('the watch over the dataset', () => {
  it('has a new version served without a restart, and goes back with the pointer', async () => {
    const [first, second] = swapped.versions;
    const url = `${base}/rankings?region=Global&date=latest&limit=3`;
    const before = await fetch(url);
    swapped.pointTo(second);
    await waitFor(() => served() === second);
    const after = await fetch(url);
    expect(after.status).toBe(200);
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
    expect(await after.text()).not.toBe(await before.text());
    expect(await metric('dataset_replacements_total')).toBe(1);
    expect(lines.find(({ msg }) => msg === 'dataset replaced')).toMatchObject({
      from: expect.stringMatching(`^${first}`) as string,
      to: expect.stringMatching(`^${second}`) as string,
    });
    swapped.pointTo(first);
    await waitFor(() => served() === first);
    expect((await fetch(url)).headers.get('etag')).toBe(before.headers.get('etag'));
  }, 30_000);

  // Other damages, to the process as it runs, are in tests/faults.
  describe.each<[string, (folder: string) => void, RegExp]>([
    ['has no manifest', (folder) => rmSync(join(folder, 'manifest.json')), /half-written/],
    [
      'is a file',
      (folder) => {
        rmSync(folder, { recursive: true });
        writeFileSync(folder, '');
      },
      /cannot be read|missing/,
    ],
  ])('of a version that %s', (_, damage, message) => {
    it('goes on with the one before, says so once and by a metric, and is content when it is mended', async () => {
      const [first, second] = swapped.versions;
      const folder = join(swapped.dir, second);
      const kept = join(swapped.dir, 'kept');
      cpSync(folder, kept, { recursive: true });
      const logged = errors().length;
      try {
        damage(folder);
        swapped.pointTo(second);
        await waitFor(async () => (await metric('dataset_refresh_failing')) === 1);
        await sleep(2500);
        expect(errors().length).toBe(logged + 1);
        const { err, serving } = errors().at(-1) as { err: { message: string }; serving: string };
        expect(err.message).toMatch(message);
        expect(serving.slice(0, 16)).toBe(first);
        expect((await fetch(`${base}/tracks`)).status).toBe(200);
        expect(served()).toBe(first);
      } finally {
        rmSync(folder, { recursive: true, force: true });
        renameSync(kept, folder);
      }
      await waitFor(() => served() === second);
      expect(await metric('dataset_refresh_failing')).toBe(0);
      swapped.pointTo(first);
      await waitFor(() => served() === first);
    }, 60_000);
  });
});
