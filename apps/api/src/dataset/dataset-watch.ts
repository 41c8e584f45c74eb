import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { DatasetError, readPointer, versionFolder } from '#libs/catalog';
import { CONFIG, type Config } from '../config.js';
import { LOG } from '../logging.js';
import { Metrics } from '../metrics/metrics.js';
import { Dataset } from './dataset.js';

/** Longest pause before a version that could not be opened is tried again. */
const MAX_PAUSE_MS = 600_000;

/**
 * Looks now and then where the directory's `current` points, and has a new version served. It asks instead of having
 * itself told, because volumes of other machines tell nothing. What cannot be opened is logged once, shown by a metric,
 * and tried again at growing intervals; until then the version before is served.
 */
@Injectable()
export class DatasetWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private stopped = false;
  private fault:
    | { readonly message: string; readonly pointer: string; readonly failures: number; readonly notBefore: number }
    | undefined;

  constructor(
    private readonly dataset: Dataset,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
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

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.looking = this.look().finally(() => {
        if (!this.stopped) this.schedule();
      });
    }, this.intervalMs);
    // The server keeps the process alive, not this.
    this.timer.unref();
  }

  private async look(): Promise<void> {
    const { dir } = this.config.dataset;
    let pointer = '';
    try {
      const found = await readPointer(dir);
      if (found === undefined) throw new DatasetError('missing', `${dir} has no file "current" any more.`);
      pointer = found;
      if (pointer === versionFolder(this.dataset.version)) return this.settled();
      if (this.fault?.pointer === pointer && performance.now() < this.fault.notBefore) return;
      const before = this.dataset.version;
      const started = performance.now();
      await this.dataset.replace();
      const ms = Math.round(performance.now() - started);
      this.log.info({ from: before, to: this.dataset.version, ms }, 'dataset replaced');
      this.settled();
    } catch (error) {
      this.failed(pointer, error as Error);
    }
  }

  private settled(): void {
    this.fault = undefined;
    this.metrics.datasetRefreshFails(false);
  }

  private failed(pointer: string, error: Error): void {
    const same = this.fault?.message === error.message && this.fault.pointer === pointer;
    const failures = same ? this.fault!.failures + 1 : 1;
    const pauseMs = Math.min(this.intervalMs * 2 ** failures, MAX_PAUSE_MS);
    this.fault = { message: error.message, pointer, failures, notBefore: performance.now() + pauseMs };
    this.metrics.datasetRefreshFails(true);
    if (!same) this.log.error({ err: error, serving: this.dataset.version }, 'dataset cannot be replaced');
  }
}
