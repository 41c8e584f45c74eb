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
import {
  denyAccess,
  keepOptimizers,
  lockSettings,
  NativeGarbage,
  numbers,
  openDatabase,
  QueryPool,
  type QueryObservation,
  type QueryWork,
} from '#libs/duckdb';
import type { EntryColumns } from '#libs/serving';
import { ArtistPages } from './artist-pages.js';
import { DayIndex, readDictionaries, type Dictionaries } from './dictionaries.js';
import { EntryTables, type RowCounts, type WantedRows } from './entry-tables.js';
import { checkMemory } from './index-memory.js';
import { damageIn } from './read-faults.js';
import { RowMemory } from './row-memory.js';
import { ServedFile, stampAt } from './served-file.js';

/** How a version is opened. */
export interface OpenOptions {
  readonly verify: 'digest' | 'size';
  readonly memoryLimit: string;
  readonly threads: number;
  readonly connections: number;
  readonly maxQueued: number;
  readonly queryTimeoutMs: number;
  /** Bytes of rows that are kept in memory. */
  readonly rowBytes: number;
  /** Counted on, of all versions. */
  readonly rowCounts?: RowCounts;
  readonly tempDir: string;
  readonly observe: (observation: QueryObservation) => void;
  readonly work?: QueryWork;
  /** Told once, when the file is found to be damaged while it is served. */
  readonly damaged?: (error: DatasetError) => void;
}

/** What a version is made of. */
interface Parts {
  readonly manifest: Manifest;
  readonly dictionaries: Dictionaries;
  readonly pages: ArtistPages;
  readonly charts: Uint8Array;
  readonly instance: DuckDBInstance;
  readonly pool: QueryPool;
  readonly file: ServedFile;
}

/** A version of the dataset that can be asked: dictionaries in memory, entries by key from its serving file. */
export class OpenDataset {
  readonly days: DayIndex;
  readonly lists: ReturnType<typeof listKeys>;
  readonly tables: EntryTables;

  private damage: DatasetError | undefined;

  private constructor(
    private readonly parts: Parts,
    private readonly options: OpenOptions,
  ) {
    const { regions, days } = parts.dictionaries;
    this.days = new DayIndex(days);
    this.lists = listKeys(regions.length, days.length);
    const bounds = { maxQueued: options.maxQueued, timeoutMs: options.queryTimeoutMs };
    const memory = new RowMemory(options.rowBytes);
    const counts = options.rowCounts ?? { memory: 0, file: 0 };
    this.tables = new EntryTables(parts.pool, bounds, memory, counts, (cause) => this.faultOf(cause));
  }

  /** Checks and opens a version. Throws {@link DatasetError} when it is damaged, or needs more memory. */
  static async open(version: DatasetVersion, options: OpenOptions): Promise<OpenDataset> {
    let file: ServedFile | undefined;
    let instance: DuckDBInstance | undefined;
    try {
      const stamp = await stampAt(version.servingFile);
      if (options.verify === 'digest') await checkDigests(version);
      file = await ServedFile.open(version.servingFile, stamp);
      const { threads, memoryLimit, tempDir } = options;
      instance = await openDatabase({ path: version.servingFile, readOnly: true, threads, memoryLimit, tempDir });
      return new OpenDataset(await read(version, instance, file, options), options);
    } catch (cause) {
      instance?.closeSync();
      await file?.close();
      if (cause instanceof DatasetError) throw cause;
      throw new DatasetError(
        'corrupt',
        `${version.servingFile} cannot be opened: ${(cause as Error).message}. Run "npm run dataset -- verify" on its directory, or build it again.`,
        { cause },
      );
    }
  }

  get manifest(): Manifest {
    return this.parts.manifest;
  }

  get dictionaries(): Dictionaries {
    return this.parts.dictionaries;
  }

  get pages(): ArtistPages {
    return this.parts.pages;
  }

  /** Whether no damage was found so far, and what stands in the file's place is still the file. */
  async isIntact(): Promise<boolean> {
    return this.damage === undefined && (await this.parts.file.isInPlace());
  }

  /** Key of a chart, or undefined when there is none of that region on that day. */
  chart(dayId: number, regionId: number, chartId: number): number | undefined {
    const key = chartKey(this.dictionaries.regions.length, dayId, regionId, chartId);
    return (this.parts.charts[key >> 3]! & (1 << (key & 7))) === 0 ? undefined : key;
  }

  /** The last day on which the region has one of these charts, or undefined. */
  lastDay(regionId: number, chartIds: readonly number[]): number | undefined {
    for (let dayId = this.dictionaries.days.length - 1; dayId >= 0; dayId--) {
      if (chartIds.some((chartId) => this.chart(dayId, regionId, chartId) !== undefined)) return dayId;
    }
    return undefined;
  }

  /** What `make` makes of rows: at once if all are in memory, or when they are there. Which rows is asked when it is made. */
  made(wanted: () => WantedRows, make: (entries: EntryColumns) => Buffer) {
    const { tables } = this;
    return { atHand: () => tables.atHand(wanted(), make), load: () => tables.read(wanted(), make) };
  }

  /** Content digest of the version. */
  get version(): string {
    return this.manifest.version;
  }

  /** Questions that wait for a query, and queries that run. */
  get load(): { readonly queued: number; readonly running: number } {
    const { pool } = this.parts;
    return { queued: this.tables.queued + pool.queued, running: pool.running };
  }

  /** Waits for running queries, then closes the file. */
  async close(): Promise<void> {
    const { pool, instance, file } = this.parts;
    await pool.close();
    instance.closeSync();
    await file.close();
    await rm(this.options.tempDir, { recursive: true, force: true });
  }

  /** What is to be thrown for what reading threw; takes note when the file is at fault. */
  private faultOf(cause: unknown): unknown {
    const damage = damageIn(cause, this.version);
    if (damage && !this.damage) {
      this.damage = damage;
      this.options.damaged?.(damage);
    }
    return damage ?? cause;
  }
}

/**
 * What a look-up by index gains from. Above all not `in_clause`, which turns a list of keys into a join that reads the
 * whole table before the index can be used.
 */
const LOOK_UP_OPTIMIZERS = ['expression_rewriter', 'filter_pushdown', 'unused_columns'];

/** Reads what is held in memory of a version, and makes what reads the rest. */
async function read(
  { manifest }: DatasetVersion,
  instance: DuckDBInstance,
  file: ServedFile,
  { connections, maxQueued, queryTimeoutMs: timeoutMs, observe, work }: OpenOptions,
): Promise<Parts> {
  const connection = await instance.connect();
  await checkMemory(connection, manifest.rows);
  await denyAccess(instance);
  const dictionaries = await readDictionaries(connection);
  const pages = await ArtistPages.read(connection, manifest.rows.artistPages, dictionaries);
  const charts = await readCharts(connection, dictionaries);
  connection.closeSync();
  await keepOptimizers(instance, LOOK_UP_OPTIMIZERS);
  await lockSettings(instance);
  await NativeGarbage.collect('major');
  const pool = await QueryPool.open(instance, { connections, maxQueued, timeoutMs, observe, work, guard: file });
  // What was read is of the file whose digest was checked.
  await file.after();
  if (!(await file.isInPlace())) throw new Error('another file took its place meanwhile');
  return { manifest, dictionaries, pages, charts, instance, pool, file };
}

async function readCharts(connection: DuckDBConnection, { regions, days }: Dictionaries): Promise<Uint8Array> {
  const bits = new Uint8Array(Math.ceil((regions.length * days.length * CHARTS.length) / 8));
  const result = await connection.stream('SELECT chart_key FROM chart');
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const key of numbers(chunk, 0, Uint32Array)) bits[key >> 3]! |= 1 << (key & 7);
  }
  return bits;
}
