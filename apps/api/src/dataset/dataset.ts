import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { openCurrent, versionFolder, type DatasetError, type Manifest } from '#libs/catalog';
import { CONFIG, type Config } from '../config.js';
import { Metrics } from '../metrics/metrics.js';
import { OpenDataset } from './open-dataset.js';
import { WorkClock } from './work-clock.js';

/** Longest time that a question may rest, beside waiting for Redis, between being asked of a version and reading it. */
const REST_MS = 1000;

/** The dataset that is served. It is opened while the application starts, before it listens, and closed after the last request. */
@Injectable()
export class Dataset implements OnModuleInit, OnApplicationShutdown {
  /** Of all versions. */
  readonly work = new WorkClock();
  private readonly rowCounts = { memory: 0, file: 0 };
  private opened: OpenDataset | undefined;
  private readonly retired = new Map<OpenDataset, NodeJS.Timeout>();
  private readonly listeners: (() => void)[] = [];
  private damaged: (error: DatasetError) => void = () => undefined;
  private opens = 0;
  private ended = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly metrics: Metrics,
  ) {
    metrics.watchRows(() => this.rowCounts);
  }

  /** Opens the version that the directory's `current` points to. Throws DatasetError when there is none that can be served. */
  async onModuleInit(): Promise<void> {
    this.serve(await this.open());
  }

  /**
   * Opens the version that `current` points to now and serves it from here on; the one before stays open until what was
   * asked of it has been answered. The same version is opened anew when it was damaged. Throws DatasetError and changes
   * nothing when it cannot be opened.
   */
  async replace(): Promise<void> {
    const next = await this.open();
    const before = this.opened;
    const same = next.version === before?.version && (await before.isIntact());
    if (this.ended || !before || same) return next.close();
    this.serve(next);
    this.retire(before);
    this.metrics.datasetReplaced();
    for (const listener of this.listeners) listener();
  }

  /** Whether what is served is sound as far as it was read, and still what its directory holds. */
  isIntact(): Promise<boolean> {
    return this.current.isIntact();
  }

  /** Has something called when what is served turns out to be damaged, once for each version that is opened. */
  whenDamaged(listener: (error: DatasetError) => void): void {
    this.damaged = listener;
  }

  /** Has something called after each {@link replace} that changed what is served. */
  whenReplaced(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** The open version. Throws when it is asked before {@link onModuleInit} or after the end. */
  get current(): OpenDataset {
    if (!this.opened) throw new Error('the dataset is not open');
    return this.opened;
  }

  /** Version of the open dataset, empty when none is open. */
  get version(): string {
    return this.opened?.version ?? '';
  }

  get manifest(): Manifest {
    return this.current.manifest;
  }

  get isOpen(): boolean {
    return this.opened !== undefined;
  }

  /** Nest calls it after the HTTP server has closed. */
  async onApplicationShutdown(): Promise<void> {
    const { opened } = this;
    this.ended = true;
    this.opened = undefined;
    for (const timer of this.retired.values()) clearTimeout(timer);
    await Promise.all([...this.retired.keys()].map((version) => version.close()));
    await opened?.close();
  }

  private async open(): Promise<OpenDataset> {
    const { dataset, duckdb, cache } = this.config;
    const version = await openCurrent(dataset.dir);
    const name = versionFolder(version.manifest.version);
    return OpenDataset.open(version, {
      ...duckdb,
      rowBytes: cache.rowBytes,
      rowCounts: this.rowCounts,
      // What is opened anew was damaged before.
      verify: version.manifest.version === this.version ? 'digest' : dataset.verify,
      // Two processes, or versions, must not share a folder that each empties when it ends.
      tempDir: join(duckdb.tempDir, `duckdb-${process.pid}-${++this.opens}-${name}`),
      observe: (observation) => this.metrics.observeQuery(observation),
      work: this.work,
      damaged: (error) => this.foundDamaged(version.manifest.version, error),
    });
  }

  private foundDamaged(version: string, error: DatasetError): void {
    if (version !== this.version) return;
    this.metrics.datasetDamaged();
    this.damaged(error);
  }

  private serve(opened: OpenDataset): void {
    this.opened = opened;
    this.metrics.watchPool(() => opened.load);
    this.metrics.datasetOpened(opened.manifest);
  }

  /** Closes a version once every question that was asked of it has got to reading, which closing then waits for. */
  private retire(version: OpenDataset): void {
    const waitMs = REST_MS + 2 * (this.config.cache.redis?.timeoutMs ?? 0);
    const timer = setTimeout(() => {
      this.retired.delete(version);
      void version.close();
    }, waitMs);
    this.retired.set(version, timer);
  }
}
