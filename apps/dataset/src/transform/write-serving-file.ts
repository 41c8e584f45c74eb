import { join } from 'node:path';
import { USMALLINT, type DuckDBConnection } from '@duckdb/node-api';
import { formatDay, INDEXES, SERVING_FILE, TABLES } from '#libs/catalog';
import { ChunkWriter, CHUNK_ROWS } from '#libs/duckdb';
import { UsageError, type Reporter } from '../reporting.js';
import type { ChartDay, Dropped } from './chart-day.js';
import { ContentDigest } from './content-digest.js';
import { Dictionaries, Order, type FinalIds } from './dictionaries.js';
import { EntryListWriter } from './entry-list-writer.js';
import type { Intake } from './intake.js';
import { readChartDays, sortStage } from './staged-charts.js';
import { ArtistsPass } from './write-artists.js';
import { ChartsPass, type ChartTotals } from './write-charts.js';
import { writeDictionaries } from './write-dictionaries.js';

/** What a serving file is written with. */
export interface WriteOptions {
  readonly folder: string;
  readonly period: string;
  readonly replaceDays: boolean;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/**
 * Connections to the staging database. What is appended while a result is read goes through the other one: an appender
 * that flushes ends an open result of its own connection without an error.
 */
export interface Connections {
  readonly read: DuckDBConnection;
  readonly write: DuckDBConnection;
}

/** What was written. */
export interface Written {
  /** Content digest, the dataset's version. */
  readonly version: string;
  readonly ids: FinalIds;
  readonly totals: ChartTotals;
  readonly dropped: Dropped;
  readonly artistPages: number;
  readonly topLists: number;
  /** Kept rows whose title, artist or url is null. */
  readonly nulls: { readonly titles: number; readonly artists: number; readonly urls: number };
}

/**
 * Writes the serving file from the staged rows: sorts them, leaves out repetitions, numbers what remains, then writes
 * charts, artists' pages, top lists, dictionaries and indexes. Throws {@link UsageError} when a chart is held already
 * and not to be replaced, or nothing remains.
 */
export async function writeServingFile(
  { read: connection, write }: Connections,
  intake: Intake,
  options: WriteOptions,
): Promise<Written> {
  const { reporter, signal } = options;
  const sorting = reporter.phase('sort', intake.rows, 'rows');
  const order = new Order(intake);
  await writeRegionOrder(connection, order);
  await sortStage(connection);
  sorting.done();
  signal.throwIfAborted();

  const selection = await selectRows(connection, order, intake, options);
  const ids = selection.dictionaries.finish();
  const nulls = selection.dictionaries.nulls();

  await createTables(connection, join(options.folder, SERVING_FILE));
  const digest = new ContentDigest(options.period);
  digestDictionaries(digest, ids);
  const lists = await EntryListWriter.create(write, 'top_list');
  const totals = await writeCharts({ read: connection, write }, order, ids, digest, lists, selection, options);
  const counts = {
    artists: ids.used.artists.kept.length,
    regions: ids.used.regions.kept.length,
    days: ids.used.days.kept.length,
  };
  const phase = reporter.phase('write artists', intake.rows, 'rows');
  const { firstPages, pages } = await ArtistsPass.run({ read: connection, write }, lists, counts, phase);
  lists.close();
  phase.done(`${pages} pages`);
  signal.throwIfAborted();
  const finishing = reporter.phase('index');
  await writeDictionaries(write, ids, totals, firstPages);
  for (const sql of INDEXES) await connection.run(sql.replace(' ON ', ' ON serving.'));
  await connection.run('CHECKPOINT serving');
  await connection.run('DETACH serving');
  finishing.done();
  const { dropped } = selection;
  return { version: digest.hex(), ids, totals, dropped, artistPages: pages, topLists: lists.rows, nulls };
}

async function writeRegionOrder(connection: DuckDBConnection, order: Order): Promise<void> {
  await connection.run('CREATE TABLE region_order (region USMALLINT, region_id USMALLINT)');
  const writer = new ChunkWriter(await connection.createAppender('region_order'), [USMALLINT, USMALLINT]);
  const { ids } = order.regions;
  for (let start = 0; start < ids.length; start += CHUNK_ROWS) {
    const part = Uint16Array.from(ids.subarray(start, start + CHUNK_ROWS));
    writer.begin(part.length);
    writer.numbers(0, part);
    writer.numbers(
      1,
      part.map((_, index) => start + index),
    );
    writer.end();
  }
  writer.close();
}

interface Selection {
  readonly dictionaries: Dictionaries;
  readonly dropped: Dropped;
  /** A bit a row, 1 when it is left out. */
  readonly left: Uint8Array;
}

async function selectRows(
  connection: DuckDBConnection,
  order: Order,
  intake: Intake,
  options: WriteOptions,
): Promise<Selection> {
  const phase = options.reporter.phase('select', intake.rows, 'rows');
  const dictionaries = new Dictionaries(order);
  const dropped: Dropped = { exactDuplicates: 0, repeatedSongs: 0, replaced: 0 };
  const left = new Uint8Array(Math.ceil(intake.rows / 8));
  const seen = new Uint32Array(order.songCount);
  const held: string[] = [];
  let mark = 0;
  for await (const chart of readChartDays(connection, order, () => true)) {
    if (!options.replaceDays && chart.isHeldAlready) held.push(describe(chart, order));
    const gone = new Set<number>();
    chart.dropRepeated(order.songs, seen, ++mark, dropped, (index) => gone.add(index));
    for (let i = 0; i < chart.length; i++) {
      const ordinal = chart.ordinals[i]!;
      if (gone.size > 0 && gone.has(i)) left[ordinal >> 3]! |= 1 << (ordinal & 7);
      else dictionaries.use(chart.day, chart.regionId, chart.trackIds[i]!, chart.trendIds[i]!);
    }
    phase.advance(chart.length);
  }
  phase.done();
  if (held.length > 0) {
    throw new UsageError(
      `The dataset already holds ${held.length} of these charts (${held.slice(0, 3).join('; ')}${held.length > 3 ? '; ...' : ''}): give --replace to replace them. Nothing was changed.`,
    );
  }
  return { dictionaries, dropped, left };
}

function describe(chart: ChartDay, order: Order): string {
  const region = Buffer.from(order.intake.regions.bytes(order.regions.ids[chart.regionId]!)).toString();
  return `${chart.chartId === 0 ? 'top200' : 'viral50'} ${region} ${formatDay(chart.day)}`;
}

async function createTables(connection: DuckDBConnection, path: string): Promise<void> {
  await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS serving`);
  for (const sql of Object.values(TABLES)) {
    await connection.run(sql.replace('CREATE TABLE ', 'CREATE TABLE serving.'));
  }
}

function digestDictionaries(digest: ContentDigest, ids: FinalIds): void {
  const { used } = ids;
  digest.texts(used.regions.kept.length, (id) => ids.regionName(id));
  digest.numbers(used.days.kept);
  digest.texts(used.trends.kept.length, (id) => ids.trendName(id));
  digest.texts(used.artists.kept.length, (id) => ids.artistName(id));
  digest.texts(used.tracks.kept.length, (id) => ids.title(id));
  digest.numbers(ids.artistOfTrack);
  digest.texts(used.tracks.kept.length, (id) => ids.url(id));
}

async function writeCharts(
  { read, write }: Connections,
  order: Order,
  ids: FinalIds,
  digest: ContentDigest,
  lists: EntryListWriter,
  { left }: Selection,
  { reporter, signal }: WriteOptions,
): Promise<ChartTotals> {
  const phase = reporter.phase('write charts', order.intake.rows, 'rows');
  const pass = await ChartsPass.create(write, ids, digest, lists, phase);
  const takes = (ordinal: number) => (left[ordinal >> 3]! & (1 << (ordinal & 7))) === 0;
  for await (const chart of readChartDays(read, order, takes)) {
    pass.add(chart);
    if (signal.aborted) break;
  }
  pass.close();
  signal.throwIfAborted();
  await read.run('DROP TABLE sorted');
  phase.done(`${pass.rows} charts`);
  return pass.totals;
}
