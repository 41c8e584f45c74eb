import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { openCurrent, versionFolder, type Manifest } from '#libs/catalog';
import { CONFIG, type Config } from '../config.js';
import { Metrics } from '../metrics/metrics.js';
import { OpenDataset } from './open-dataset.js';

/** Longest time that a question may rest, beside waiting for Redis, between being asked of a version and reading it. */
const REST_MS = 1000;

/** The dataset that is served. It is opened while the application starts, before it listens, and closed after the last request. */
@Injectable()
export class Dataset implements OnModuleInit, OnApplicationShutdown {
  private opened: OpenDataset | undefined;
  private readonly retired = new Map<OpenDataset, NodeJS.Timeout>();
  private readonly listeners: (() => void)[] = [];
  private ended = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  /** Opens the version that the directory's `current` points to. Throws DatasetError when there is none that can be served. */
  async onModuleInit(): Promise<void> {
    this.serve(await this.open());
  }

  /**
   * Opens the version that `current` points to now and serves it from here on; the one before stays open until what was
   * asked of it has been answered. Throws DatasetError and changes nothing when it cannot be opened.
   */
  async replace(): Promise<void> {
    const next = await this.open();
    const before = this.opened;
    if (this.ended || !before || next.version === before.version) return next.close();
    this.serve(next);
    this.retire(before);
    this.metrics.datasetReplaced();
    for (const listener of this.listeners) listener();
  }

  /** Has something called after each {@link replace} that changed the version. */
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
    const { dataset, duckdb } = this.config;
    const version = await openCurrent(dataset.dir);
    return OpenDataset.open(version, {
      ...duckdb,
      verify: dataset.verify,
      // Two processes, or versions, must not share a folder that each empties when it ends.
      tempDir: join(duckdb.tempDir, `duckdb-${process.pid}-${versionFolder(version.manifest.version)}`),
      observe: (observation) => this.metrics.observeQuery(observation),
    });
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
