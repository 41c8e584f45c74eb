import { rm } from 'node:fs/promises';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import {
  CHARTS,
  chartKey,
  checkDigests,
  DatasetError,
  listKeys,
  type DatasetVersion,
  type Manifest,
} from '#libs/catalog';
import { lockDatabase, NativeGarbage, numbers, openDatabase, QueryPool, type QueryObservation } from '#libs/duckdb';
import { ArtistPages } from './artist-pages.js';
import { DayIndex, readDictionaries, type Dictionaries } from './dictionaries.js';
import { EntryTables } from './entry-tables.js';
import { checkMemory } from './index-memory.js';

/** How a version is opened. */
export interface OpenOptions {
  readonly verify: 'digest' | 'size';
  readonly memoryLimit: string;
  readonly threads: number;
  readonly connections: number;
  readonly maxQueued: number;
  readonly queryTimeoutMs: number;
  readonly tempDir: string;
  readonly observe: (observation: QueryObservation) => void;
}

/** A version of the dataset that can be asked: dictionaries in memory, entries by key from its serving file. */
export class OpenDataset {
  readonly days: DayIndex;
  readonly lists: ReturnType<typeof listKeys>;
  readonly tables: EntryTables;

  private constructor(
    readonly manifest: Manifest,
    readonly dictionaries: Dictionaries,
    readonly pages: ArtistPages,
    private readonly charts: Uint8Array,
    private readonly pool: QueryPool,
    bounds: { readonly maxQueued: number; readonly timeoutMs: number },
    private readonly dispose: () => Promise<void>,
  ) {
    this.days = new DayIndex(dictionaries.days);
    this.lists = listKeys(dictionaries.regions.length, dictionaries.days.length);
    this.tables = new EntryTables(pool, bounds);
  }

  /** Checks and opens a version. Throws {@link DatasetError} when it is damaged, or needs more memory. */
  static async open(version: DatasetVersion, options: OpenOptions): Promise<OpenDataset> {
    const { verify, memoryLimit, threads, tempDir, connections, maxQueued, queryTimeoutMs, observe } = options;
    if (verify === 'digest') await checkDigests(version);
    let instance: DuckDBInstance | undefined;
    try {
      instance = await openDatabase({ path: version.servingFile, readOnly: true, threads, memoryLimit, tempDir });
      const connection = await instance.connect();
      await checkMemory(connection, version.manifest.rows);
      // The IN optimizer turns a list of keys into a join that reads the whole table before the index can be used.
      await connection.run("SET GLOBAL disabled_optimizers = 'in_clause'");
      await lockDatabase(instance);
      const dictionaries = await readDictionaries(connection);
      const pages = await ArtistPages.read(connection, version.manifest.rows.artistPages, dictionaries);
      const charts = await readCharts(connection, dictionaries);
      connection.closeSync();
      await NativeGarbage.collect('major');
      const bounds = { maxQueued, timeoutMs: queryTimeoutMs };
      const pool = await QueryPool.open(instance, { connections, ...bounds, observe });
      const opened = instance;
      return new OpenDataset(version.manifest, dictionaries, pages, charts, pool, bounds, async () => {
        await pool.close();
        opened.closeSync();
        await rm(tempDir, { recursive: true, force: true });
      });
    } catch (cause) {
      instance?.closeSync();
      if (cause instanceof DatasetError) throw cause;
      throw new DatasetError(
        'corrupt',
        `${version.servingFile} cannot be opened: ${(cause as Error).message}. Run "npm run dataset -- verify" on its directory, or build it again.`,
        { cause },
      );
    }
  }

  /** Key of a chart, or undefined when there is none of that region on that day. */
  chart(dayId: number, regionId: number, chartId: number): number | undefined {
    const key = chartKey(this.dictionaries.regions.length, dayId, regionId, chartId);
    return (this.charts[key >> 3]! & (1 << (key & 7))) === 0 ? undefined : key;
  }

  /** The last day on which the region has one of these charts, or undefined. */
  lastDay(regionId: number, chartIds: readonly number[]): number | undefined {
    for (let dayId = this.dictionaries.days.length - 1; dayId >= 0; dayId--) {
      if (chartIds.some((chartId) => this.chart(dayId, regionId, chartId) !== undefined)) return dayId;
    }
    return undefined;
  }

  /** Content digest of the version. */
  get version(): string {
    return this.manifest.version;
  }

  /** Questions that wait for a query, and queries that run. */
  get load(): { readonly queued: number; readonly running: number } {
    return { queued: this.tables.queued + this.pool.queued, running: this.pool.running };
  }

  /** Waits for running queries, then closes the file. */
  close(): Promise<void> {
    return this.dispose();
  }
}

async function readCharts(connection: DuckDBConnection, { regions, days }: Dictionaries): Promise<Uint8Array> {
  const bits = new Uint8Array(Math.ceil((regions.length * days.length * CHARTS.length) / 8));
  const result = await connection.stream('SELECT chart_key FROM chart');
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const key of numbers(chunk, 0, Uint32Array)) bits[key >> 3]! |= 1 << (key & 7);
  }
  return bits;
}
