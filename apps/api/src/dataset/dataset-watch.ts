import { join } from 'node:path';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { DatasetError, MANIFEST_FILE, readPointer, SERVING_FILE, versionFolder } from '#libs/catalog';
import { CONFIG, type Config } from '../config.js';
import { LOG } from '../logging.js';
import { Metrics } from '../metrics/metrics.js';
import { Dataset } from './dataset.js';
import { stampAt } from './served-file.js';

/** Longest pause before a version that could not be opened is tried again. */
const MAX_PAUSE_MS = 600_000;

/**
 * Looks now and then where the directory's `current` points, and has a new version served. It asks instead of having
 * itself told, because volumes of other machines tell nothing. What cannot be opened is logged once, shown by a metric,
 * and tried again at growing intervals, or when its files change; until then the version before is served. The served
 * version is opened anew when its files are others, or when it was found to be damaged, then at once.
 */
@Injectable()
export class DatasetWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;
  private fault:
    | { readonly message: string; readonly found: string; readonly failures: number; readonly notBefore: number }
    | undefined;

  constructor(
    private readonly dataset: Dataset,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.dataset.whenDamaged((error) => this.damaged(error));
    if (this.intervalMs > 0) this.schedule();
  }

  /** Ends after the look that is under way. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  private get intervalMs(): number {
    return this.config.dataset.watchSeconds * 1000;
  }

  /** Says so, and looks at once whether the directory has something sound. */
  private damaged(error: DatasetError): void {
    this.log.error({ err: error, serving: this.dataset.version }, 'dataset damaged');
    if (!this.stopped) this.lookAfterwards();
  }

  private lookAfterwards(): void {
    this.looking = this.looking.then(() => this.look());
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.lookAfterwards();
      this.looking = this.looking.finally(() => {
        if (!this.stopped) this.schedule();
      });
    }, this.intervalMs);
    // The server keeps the process alive, not this.
    this.timer.unref();
  }

  private async look(): Promise<void> {
    const { dir } = this.config.dataset;
    let found = '';
    try {
      const pointer = await readPointer(dir);
      if (pointer === undefined) throw new DatasetError('missing', `${dir} has no file "current" any more.`);
      if (pointer === versionFolder(this.dataset.version) && (await this.dataset.isIntact())) return this.settled();
      found = await foundAt(join(dir, pointer));
      if (this.fault?.found === found && performance.now() < this.fault.notBefore) return;
      const before = this.dataset.version;
      const started = performance.now();
      await this.dataset.replace();
      const ms = Math.round(performance.now() - started);
      this.log.info({ from: before, to: this.dataset.version, ms }, 'dataset replaced');
      this.settled();
    } catch (error) {
      this.failed(found, error as Error);
    }
  }

  private settled(): void {
    this.fault = undefined;
    this.metrics.datasetRefreshFails(false);
  }

  private failed(found: string, error: Error): void {
    const same = this.fault?.message === error.message && this.fault.found === found;
    const failures = same ? this.fault!.failures + 1 : 1;
    const pauseMs = Math.min(this.intervalMs * 2 ** failures, MAX_PAUSE_MS);
    this.fault = { message: error.message, found, failures, notBefore: performance.now() + pauseMs };
    this.metrics.datasetRefreshFails(true);
    if (!same) this.log.error({ err: error, serving: this.dataset.version }, 'dataset cannot be replaced');
  }
}

/** Tells what stands in a version's folder from what stood there before it was changed. */
async function foundAt(folder: string): Promise<string> {
  const stamps = await Promise.all([MANIFEST_FILE, SERVING_FILE].map((name) => stampAt(join(folder, name))));
  return [folder, ...stamps].join(' ');
}
