import { performance } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { toolVersion, type Manifest } from '#libs/catalog';
import { registerAccess, type AccessState } from './access-metrics.js';
import { registerCache, type CacheState, type StoreObservation } from './cache-metrics.js';
import { registerConnections, type ConnectionsState } from './connection-metrics.js';
import { OverloadMetrics } from './overload-metrics.js';
import { registerCounters } from './read-metrics.js';
import { RequestMetrics } from './request-series.js';

/** What a finished request is counted under. */
export interface RequestMetric {
  /** Template of the route, or a constant in brackets when there is none: never a path that a client made up. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
  /** Bytes of the body. */
  readonly bytes: number;
}

/** What one DuckDB query took. */
export interface QueryMetric {
  /** The query's name, one of a fixed few. */
  readonly question: string;
  readonly queuedSeconds: number;
  readonly runSeconds: number;
  readonly rows: number;
}

/** How many queries wait for a connection and how many run. */
export interface PoolState {
  readonly queued: number;
  readonly running: number;
}

const QUERY_BUCKETS_SECONDS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5];

/** Every metric of the service with its name; one registry of its own per instance. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly registers = [this.registry];
  private pool: (() => PoolState) | undefined;
  private connections: (() => ConnectionsState) | undefined;
  private store: ((...observation: StoreObservation) => void) | undefined;

  /** Requests by route, method and status. */
  readonly requests = new RequestMetrics(this.registry);
  /** What was refused or cut off. */
  readonly overload = new OverloadMetrics(this.registry);
  private readonly inFlight = new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests being answered',
    registers: this.registers,
  });
  private readonly queryDuration = new Histogram({
    name: 'duckdb_query_seconds',
    help: 'Time a DuckDB query ran',
    labelNames: ['question'] as const,
    buckets: QUERY_BUCKETS_SECONDS,
    registers: this.registers,
  });
  private readonly queueDuration = new Histogram({
    name: 'duckdb_queue_seconds',
    help: 'Time a DuckDB query waited for a connection',
    labelNames: ['question'] as const,
    buckets: QUERY_BUCKETS_SECONDS,
    registers: this.registers,
  });
  private readonly queryRows = new Counter({
    name: 'duckdb_query_rows_total',
    help: 'Rows read from DuckDB',
    labelNames: ['question'] as const,
    registers: this.registers,
  });
  private readonly dataset = new Gauge({
    name: 'dataset_info',
    help: 'Always 1; the labels describe the dataset that is served',
    labelNames: ['version', 'period', 'first_date', 'last_date'] as const,
    registers: this.registers,
  });
  private readonly entries = new Gauge({
    name: 'dataset_entries',
    help: 'Entries of the dataset that is served',
    registers: this.registers,
  });
  private readonly replacements = new Counter({
    name: 'dataset_replacements_total',
    help: 'Times that a new version of the dataset took the place of the one before',
    registers: this.registers,
  });
  private readonly refreshFailing = new Gauge({
    name: 'dataset_refresh_failing',
    help: '1 while the version that the directory points to cannot be opened and the one before is served',
    registers: this.registers,
  });
  private readonly damaged = new Gauge({
    name: 'dataset_damaged',
    help: '1 while the file that is served is damaged or was written to, so that only answers in memory are given',
    registers: this.registers,
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.registerProcess();
    this.registerPool();
    registerConnections(this.registry, () => this.connections?.() ?? { open: 0, refused: 0 });
  }

  /** Counts a request as begun. */
  requestStarted(): void {
    this.inFlight.inc();
  }

  /** Counts a request as ended, after {@link requestStarted}. */
  requestEnded(request: RequestMetric): void {
    this.inFlight.dec();
    this.requestRefused(request);
  }

  /** Counts a request that was answered before it began to be handled, such as one that is no HTTP. */
  requestRefused({ route, method, status, seconds, bytes }: RequestMetric): void {
    this.requests.of(route, method, status).record(seconds, bytes);
  }

  /** Counts a query of the pool. */
  observeQuery({ question, queuedSeconds, runSeconds, rows }: QueryMetric): void {
    this.queryDuration.observe({ question }, runSeconds);
    this.queueDuration.observe({ question }, queuedSeconds);
    this.queryRows.inc({ question }, rows);
  }

  /** Sets where the gauges of the queue and the connections are read from at each scrape. */
  watchPool(state: () => PoolState): void {
    this.pool = state;
  }

  /** Sets where the counts of rows by where they were found are read from at each scrape, and registers them. */
  watchRows(counts: () => Readonly<Record<'memory' | 'file', number>>): void {
    registerCounters(
      this.registry,
      'dataset_rows_total',
      'Rows of the serving file that answers were made of, by where they were found: memory or file',
      'from',
      counts,
    );
  }

  /** Sets where the connections of clients are read from at each scrape. */
  watchConnections(state: () => ConnectionsState): void {
    this.connections = state;
  }

  /** Sets where the counts and gauges of the cache are read from at each scrape, and registers them. */
  watchCache(state: () => CacheState): void {
    this.store = registerCache(this.registry, state);
  }

  /** Sets where the counts of API keys are read from at each scrape, and registers them. */
  watchAccess(state: () => AccessState): void {
    registerAccess(this.registry, state);
  }

  /** Counts a command to the shared cache, or one that was not sent. */
  observeStore(...observation: StoreObservation): void {
    this.store?.(...observation);
  }

  /** Makes the dataset the one that is served. */
  datasetOpened({ version, period, firstDate, lastDate, rows }: Manifest): void {
    this.dataset.reset();
    this.dataset.set({ version, period, first_date: firstDate, last_date: lastDate }, 1);
    this.entries.set(rows.entries);
    this.damaged.set(0);
  }

  /** Says that the dataset that is served is damaged, until the next is opened. */
  datasetDamaged(): void {
    this.damaged.set(1);
  }

  /** Counts a version that took the place of another. */
  datasetReplaced(): void {
    this.replacements.inc();
  }

  /** Says whether a newer version is there that cannot be opened. */
  datasetRefreshFails(failing: boolean): void {
    this.refreshFailing.set(failing ? 1 : 0);
  }

  /** Media type of {@link text}. */
  get contentType(): string {
    return this.registry.contentType;
  }

  /** All metrics in the text format of Prometheus. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  private registerProcess(): void {
    const build = new Gauge({
      name: 'build_info',
      help: 'Always 1; the labels describe the program',
      labelNames: ['version', 'node'] as const,
      registers: this.registers,
    });
    build.set({ version: toolVersion(), node: process.versions.node }, 1);
    let last = performance.eventLoopUtilization();
    new Gauge({
      name: 'nodejs_eventloop_utilization',
      help: 'Share of the time since the scrape before in which the event loop was busy, 0 to 1',
      registers: this.registers,
      collect() {
        const now = performance.eventLoopUtilization();
        this.set(performance.eventLoopUtilization(now, last).utilization);
        last = now;
      },
    });
  }

  private registerPool(): void {
    const state = (): PoolState => this.pool?.() ?? { queued: 0, running: 0 };
    new Gauge({
      name: 'duckdb_queue_length',
      help: 'Queries that wait for a connection',
      registers: this.registers,
      collect() {
        this.set(state().queued);
      },
    });
    new Gauge({
      name: 'duckdb_connections_in_use',
      help: 'Connections on which a query runs',
      registers: this.registers,
      collect() {
        this.set(state().running);
      },
    });
  }
}
