import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Histogram } from '../../loadtest/generator/histogram.js';
import type { LoadPlan, LoadResult, OverloadResult } from '../../loadtest/generator/plan.js';
import { readFilters, type Filters } from '../../loadtest/vocabulary.js';
import { seededRandom, shuffled } from '../../loadtest/random.js';
import { runDatasetProgram, RunningService } from '../setup/running-service.js';
import { asking, LoadProcess, pinService } from './load-process.js';

/** Days whose charts are asked for again and again: they stay in memory. */
const HOT_DAYS = 5;
/** Milliseconds that a client of the generator waits at the most. */
const PATIENCE_MS = 2000;

/** What became of a stretch of load. */
export interface Stretch extends OverloadResult {
  /** Right answers a second. */
  readonly goodput: number;
  readonly right: number;
  readonly refusedCount: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly failed: number;
  /** The given share of refusals was there within so many milliseconds from when their requests were sent. */
  refusedMs(share: number): number;
}

/** The compiled service on a sample with plenty to ask for, and load on it from a process of its own. */
export class LoadedService {
  private readonly random = seededRandom(1);
  private asked = 0;

  private constructor(
    readonly service: RunningService,
    private readonly folder: string,
    /** Charts that are asked for again and again. */
    readonly hot: readonly string[],
    /** Charts that are asked for once. */
    private readonly cold: readonly string[],
    readonly filters: Filters,
  ) {}

  /** Starts it with these settings on so many regions and days, and asks for what is to be in memory. */
  static async start(
    regions: number,
    days: number,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<LoadedService> {
    const folder = mkdtempSync(join(tmpdir(), 'loaded-'));
    const size = ['--seed', '3', '--regions', String(regions), '--days', String(days)];
    const made = await runDatasetProgram(['sample', '--out', folder, ...size]);
    if (made.code !== 0) throw new Error(made.err);
    const service = await RunningService.start({ DATASET_DIR: folder, LOG_REQUEST_SAMPLE: '0', ...settings });
    pinService(service.pid);
    const filters = readFilters(await (await fetch(`http://127.0.0.1:${service.port}/filters`)).json());
    const charts = (dates: readonly string[], limit: number) =>
      filters.regions.flatMap((region) =>
        dates.map((date) => `/rankings?region=${encodeURIComponent(region)}&date=${date}&limit=${limit}`),
      );
    const hot = charts(filters.dates.slice(0, HOT_DAYS), 10);
    const limits = Array.from({ length: 180 }, (_, i) => i + 11);
    const places = shuffled(charts(filters.dates.slice(HOT_DAYS), 0), seededRandom(2));
    const cold = limits.flatMap((limit) => places.map((path) => path.replace(/0$/, String(limit))));
    for (const path of hot) await service.get(path);
    return new LoadedService(service, folder, hot, cold, filters);
  }

  /** So many paths of which a share has never been asked for. */
  paths(count: number, coldShare: number): readonly string[] {
    return Array.from({ length: count }, () =>
      this.random() < coldShare
        ? this.cold[this.asked++ % this.cold.length]!
        : this.hot[Math.floor(this.random() * this.hot.length)]!,
    );
  }

  /** Right answers a second of so many connections that ask again as soon as they are answered. */
  async capacity(connections: number, coldShare: number, seconds: number): Promise<number> {
    const model = { kind: 'closed', connections } as const;
    const overload = { refusals: [503], patienceMs: PATIENCE_MS };
    const { requests, seconds: took } = await this.generate({ model, seconds, overload }, coldShare, 20_000 * seconds);
    return requests / took;
  }

  /** Load at a rate, whatever the answers do, for so many seconds. */
  async load(requestsPerSecond: number, connections: number, coldShare: number, seconds: number): Promise<Stretch> {
    const model = { kind: 'open', connections, requestsPerSecond, openFirst: true } as const;
    const overload = { refusals: [503], patienceMs: PATIENCE_MS };
    const count = Math.ceil(requestsPerSecond * seconds);
    const result = await this.generate({ model, seconds, overload }, coldShare, count);
    const { overload: seen, requests: right, errors } = result;
    const refused = new Histogram().add(seen!.refused);
    return {
      ...{ ...seen!, right, errors, goodput: right / result.seconds, refusedCount: refused.count },
      failed: Object.values(errors).reduce((sum, one) => sum + one, 0),
      refusedMs: (share) => refused.quantile(share) / 1000,
    };
  }

  async stop(): Promise<void> {
    await this.service.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private generate(
    plan: Pick<LoadPlan, 'model' | 'seconds'> & Partial<LoadPlan>,
    coldShare: number,
    most: number,
  ): Promise<LoadResult> {
    const paths = this.paths(Math.min(most, 150_000), coldShare);
    return LoadProcess.start({ ...asking(this.service.port, paths), ...plan }).result;
  }
}
