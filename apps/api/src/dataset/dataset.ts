import { join } from 'node:path';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { openCurrent, type Manifest } from '#libs/catalog';
import { CONFIG, type Config } from '../config.js';
import { Metrics } from '../metrics/metrics.js';
import { OpenDataset } from './open-dataset.js';

/** The dataset that is served. It is opened while the application starts, before it listens, and closed after the last request. */
@Injectable()
export class Dataset implements OnModuleInit, OnApplicationShutdown {
  private opened: OpenDataset | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  /** Opens the version that the directory's `current` points to. Throws DatasetError when there is none that can be served. */
  async onModuleInit(): Promise<void> {
    const { dataset, duckdb } = this.config;
    const version = await openCurrent(dataset.dir);
    const opened = await OpenDataset.open(version, {
      ...duckdb,
      verify: dataset.verify,
      // Two processes must not share a folder that each empties when it ends.
      tempDir: join(duckdb.tempDir, `duckdb-${process.pid}`),
      observe: (observation) => this.metrics.observeQuery(observation),
    });
    this.opened = opened;
    this.metrics.watchPool(() => opened.load);
    this.metrics.datasetOpened(version.manifest);
  }

  /** The open version. Throws when it is asked before {@link onModuleInit} or after the end. */
  get current(): OpenDataset {
    if (!this.opened) throw new Error('the dataset is not open');
    return this.opened;
  }

  /** Version of the open dataset, empty when none is open. */
  get version(): string {
    return this.opened?.manifest.version ?? '';
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
    this.opened = undefined;
    await opened?.close();
  }
}
