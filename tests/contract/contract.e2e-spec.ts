import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../apps/api/src/app.js';
import { readConfig } from '../../apps/api/src/config.js';
import { openLog } from '../../apps/api/src/logging.js';
import { runDataset } from '../../apps/dataset/src/usage.js';
import { Questions, type Filters } from '../../loadtest/contract/questions.js';
import { Reference } from '../../loadtest/contract/reference.js';

/** An export to compare on instead of a sample: `CHARTS_CSV=charts.csv.gz npm test -- tests/contract`. */
const CHARTS_CSV = process.env['CHARTS_CSV'];
const QUESTIONS = Number(process.env['CONTRACT_QUESTIONS'] ?? 2500);
const SEED = Number(process.env['CONTRACT_SEED'] ?? 1);

/** Mulberry32 of Tommy Ettinger (public domain): small, and good enough to pick questions. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function dataset(args: readonly string[]): Promise<void> {
  const stderr = new PassThrough({ encoding: 'utf8' });
  const code = await runDataset(args, {
    stdout: new PassThrough().resume(),
    stderr,
    terminal: false,
    signal: new AbortController().signal,
  });
  if (code !== 0) throw new Error(`dataset ${args.join(' ')} ended with ${code}: ${String(stderr.read())}`);
}

describe('the contract', () => {
  let folder: string;
  let app: NestFastifyApplication;
  let url: string;
  let reference: Reference;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contract-'));
    const csv = CHARTS_CSV ?? join(folder, 'sample.csv');
    const sample = ['sample', '--csv', csv, '--seed', '3', '--regions', '9', '--days', '120', '--quiet'];
    if (!CHARTS_CSV) await dataset(sample);
    await dataset(['build', csv, '--out', join(folder, 'data'), '--quiet']);
    reference = await Reference.of(csv);
    const config = readConfig({ DATASET_DIR: join(folder, 'data'), LOG_LEVEL: 'error', MANAGEMENT_PORT: '0' });
    app = await createApp(config, openLog(config.log, { stream: { write: () => undefined }, close: () => undefined }));
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as { port: number }).port}`;
  }, 120_000);

  afterAll(async () => {
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it(`answers ${QUESTIONS} random questions like plain SQL over the raw rows`, async () => {
    const filters = (await (await fetch(`${url}/filters`)).json()) as Filters;
    const questions = new Questions(reference, filters, mulberry32(SEED));
    let rows = 0;
    for (let i = 0; i < QUESTIONS; i++) {
      const { path, status, expected } = await questions.next();
      const response = await fetch(url + path);
      const body = (await response.json()) as { error?: string } & unknown[];
      const found = status === 404 ? body.error : body;
      try {
        expect({ status: response.status, found }).toEqual({ status, found: expected });
      } catch (error) {
        throw new Error(`question ${i}, ${path}: ${(error as Error).message}`, { cause: error });
      }
      rows += body.length ?? 0;
    }
    expect(rows).toBeGreaterThan(QUESTIONS);
  }, 900_000);
});
