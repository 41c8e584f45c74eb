import { request, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../app.js';
import { AnswerCache } from '../../cache/answer-cache.js';
import { readConfig } from '../../config.js';
import { Dataset } from '../../dataset/dataset.js';
import { RowMemory } from '../../dataset/row-memory.js';
import { BuiltDataset } from '../../dataset/testing/built-dataset.js';
import { chartHistory } from '../../dataset/testing/chart-history.js';
import { openLog } from '../../logging.js';
import { Metrics } from '../../metrics/metrics.js';
import { HotPath } from '../hot-path.js';

/** An answer as a client gets it; the body a character a byte. */
export interface ClientAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A header with which the hot path leaves a URL that says its form to the framework. */
export const BY_FRAMEWORK = { Accept: 'text/csv' } as const;

/** Headers that tell of the time that an answer took, or of where it was. */
const CHANGING = ['date', 'server-timing', 'x-cache'];

/** Status, headers in their order, and body, without what differs from answer to answer. */
export function lasting({ status, headers, body }: ClientAnswer) {
  return [status, Object.entries(headers).filter(([name]) => !CHANGING.includes(name)), body] as const;
}

const ROW_BYTES = 2 ** 20;

/** The whole service on invented charts, listening, with what it logs and what the hot path says. */
export class ListApp {
  /** Of each request, whether the hot path took it. */
  readonly taken: boolean[] = [];

  private constructor(
    private readonly built: BuiltDataset,
    readonly app: NestFastifyApplication,
    readonly port: number,
    private readonly blocks: readonly string[],
  ) {
    const hot = app.get(HotPath);
    const answer = hot.answer.bind(hot);
    hot.answer = (...args) => {
      const took = answer(...args);
      this.taken.push(took);
      return took;
    };
  }

  /** Started with these settings beside those that keep tests apart. */
  static async started(environment: Readonly<Record<string, string>> = {}): Promise<ListApp> {
    const built = await BuiltDataset.of(chartHistory());
    const blocks: string[] = [];
    const config = readConfig({
      ...{ DATASET_DIR: `${built.path}/data`, MANAGEMENT_PORT: '0', CACHE_WARM_UP_MS: '0' },
      ...environment,
    });
    const sink = { stream: { write: (block: string) => void blocks.push(block) }, close: () => undefined };
    const app = await createApp(config, openLog(config.log, sink));
    await app.listen(0, '127.0.0.1');
    return new ListApp(built, app, (app.getHttpServer().address() as AddressInfo).port, blocks);
  }

  ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<ClientAnswer> {
    return new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: this.port, path, headers, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString('latin1');
          resolve({ status: response.statusCode!, headers: response.headers, body });
        });
      })
        .on('error', reject)
        .end();
    });
  }

  /** Forgets answers, and the rows that they are made of. */
  forget(): void {
    this.app.get(AnswerCache).clear();
    Reflect.set(this.app.get(Dataset).current.tables, 'memory', new RowMemory(ROW_BYTES));
  }

  /** The lines under a request's id once there are so many, without what differs from answer to answer. */
  async linesOf(requestId: string, count: number): Promise<Record<string, unknown>[]> {
    const lines = () =>
      this.blocks
        .flatMap((block) => block.trimEnd().split('\n'))
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line['requestId'] === requestId);
    for (let turns = 0; lines().length < count && turns < 500; turns++) await sleep(10);
    return lines().map(({ time: _time, durationMs: _duration, cache: _cache, ...line }) => line);
  }

  /** All that was logged so far. */
  get logged(): string {
    return this.blocks.join('');
  }

  /** Value of a sample of the metrics, such as `cache_requests_total{outcome="l1"}`; NaN when there is none. */
  async metric(name: string): Promise<number> {
    const line = (await this.app.get(Metrics).text()).split('\n').find((text) => text.startsWith(`${name} `));
    return Number(line?.slice(name.length));
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.built.remove();
  }
}
