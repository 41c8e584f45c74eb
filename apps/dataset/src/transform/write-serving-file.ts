import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { formatDay, INDEXES, SERVING_FILE, TABLES } from '#libs/catalog';
import { UsageError, type Reporter } from '../reporting.js';
import { openAttached, type DatabaseBounds } from './attached-database.js';
import type { ChartDay, Dropped } from './chart-day.js';
import { ContentDigest } from './content-digest.js';
import { Dictionaries, Order, type FinalIds } from './dictionaries.js';
import { EntryListWriter } from './entry-list-writer.js';
import type { Intake } from './intake.js';
import { PlacedEntries } from './placed-entries.js';
import type { RecordRoom } from './record-room.js';
import { StagedEntries } from './staged-entries.js';
import { turn } from './turn.js';
import { ArtistsPass } from './write-artists.js';
import { ChartsPass, type ChartTotals } from './write-charts.js';
import { writeDictionaries } from './write-dictionaries.js';

/**
 * Bytes that DuckDB reads and keeps in memory for a row it looks up; its own default is four times as much, which is
 * read, checked and kept for a few kilobytes (docs/adr/0008-small-blocks.md).
 */
export const BLOCK_BYTES = 65_536;

/** Charts between two turns of the event loop: some milliseconds. */
const CHARTS_A_TURN = 256;

/** What a serving file is written with. */
export interface WriteOptions {
  readonly folder: string;
  readonly period: string;
  readonly replaceDays: boolean;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
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
 * charts, artists' pages, top lists, dictionaries and indexes. The connection is of {@link openToWrite}. Throws
 * {@link UsageError} when a chart is held already and not to be replaced, or nothing remains.
 */
export async function writeServingFile(
  connection: DuckDBConnection,
  intake: Intake,
  room: RecordRoom,
  options: WriteOptions,
): Promise<Written> {
  const { reporter, signal } = options;
  const numbering = reporter.phase('order names');
  const order = new Order(intake);
  numbering.done();
  const selection = await selectRows(order, intake, room, options);
  const ids = selection.dictionaries.finish();
  const nulls = selection.dictionaries.nulls();

  await createTables(connection);
  const digest = new ContentDigest(options.period);
  digestDictionaries(digest, ids);
  const lists = await EntryListWriter.create(connection, 'top_list');
  const placed = new PlacedEntries(ids.artistEntries, ids.artistOfTrack, room);
  const totals = await writeCharts({ connection, ids, digest, lists, placed }, selection.kept, options);
  const counts = {
    artists: ids.used.artists.kept.length,
    regions: ids.used.regions.kept.length,
    days: ids.used.days.kept.length,
  };
  const phase = reporter.phase('write artists', selection.kept.count, 'rows');
  const { firstPages, pages } = await ArtistsPass.run(connection, placed, lists, counts, { phase, signal });
  lists.close();
  phase.done(`${pages} pages`);
  const finishing = reporter.phase('index');
  await writeDictionaries(connection, ids, totals, firstPages);
  for (const sql of INDEXES) await connection.run(sql.replace(' ON ', ' ON serving.'));
  await connection.run('CHECKPOINT serving');
  await connection.run('DETACH serving');
  finishing.done();
  const { dropped } = selection;
  return { version: digest.hex(), ids, totals, dropped, artistPages: pages, topLists: lists.rows, nulls };
}

interface Selection {
  readonly dictionaries: Dictionaries;
  readonly dropped: Dropped;
  /** The rows that stay, chart by chart, with ids of {@link Order}. */
  readonly kept: StagedEntries;
}

async function selectRows(
  order: Order,
  intake: Intake,
  room: RecordRoom,
  { reporter, signal, replaceDays }: WriteOptions,
): Promise<Selection> {
  const phase = reporter.phase('sort and select', intake.rows, 'rows');
  const dictionaries = new Dictionaries(order);
  const dropped: Dropped = { exactDuplicates: 0, repeatedSongs: 0, replaced: 0 };
  const kept = new StagedEntries(room);
  const seen = new Uint32Array(order.songCount);
  const held: string[] = [];
  let mark = 0;
  for (const chart of intake.staged.sortedBy(order)) {
    if (!replaceDays && chart.isHeldAlready) held.push(describe(chart, order));
    const gone = new Set<number>();
    chart.dropRepeated(order.songs, seen, ++mark, dropped, (index) => gone.add(index));
    const { day, regionId, chartId, ranks, trackIds, streams, trendIds, origins } = chart;
    for (let i = 0; i < chart.length; i++) {
      if (gone.size > 0 && gone.has(i)) continue;
      dictionaries.use(day, regionId, trackIds[i]!, trendIds[i]!);
      kept.put(day, regionId, chartId, ranks[i]!, trackIds[i]!, streams[i]!, trendIds[i]!, origins[i]!);
    }
    phase.advance(chart.length);
    if (mark % CHARTS_A_TURN === 0) await turn(signal);
  }
  phase.done();
  if (held.length > 0) {
    throw new UsageError(
      `The dataset already holds ${held.length} of these charts (${held.slice(0, 3).join('; ')}${held.length > 3 ? '; ...' : ''}): give --replace to replace them. Nothing was changed.`,
    );
  }
  return { dictionaries, dropped, kept };
}

function describe(chart: ChartDay, order: Order): string {
  const region = Buffer.from(order.intake.regions.bytes(order.regions.ids[chart.regionId]!)).toString();
  return `${chart.chartId === 0 ? 'top200' : 'viral50'} ${region} ${formatDay(chart.day)}`;
}

/** A database in memory that can write the serving file of a folder, as `serving`; nothing else. Its settings bound what that takes. */
export function openToWrite(folder: string, bounds: DatabaseBounds): Promise<DuckDBInstance> {
  return openAttached(join(folder, SERVING_FILE), `AS serving (BLOCK_SIZE ${BLOCK_BYTES})`, bounds);
}

async function createTables(connection: DuckDBConnection): Promise<void> {
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

interface ChartTargets {
  readonly connection: DuckDBConnection;
  readonly ids: FinalIds;
  readonly digest: ContentDigest;
  readonly lists: EntryListWriter;
  readonly placed: PlacedEntries;
}

async function writeCharts(
  { connection, ids, digest, lists, placed }: ChartTargets,
  kept: StagedEntries,
  { reporter, signal }: WriteOptions,
): Promise<ChartTotals> {
  const phase = reporter.phase('write charts', kept.count, 'rows');
  const pass = await ChartsPass.create(connection, ids, digest, lists, placed, phase);
  for (const chart of kept.inOrder()) {
    pass.add(chart);
    if (pass.rows % CHARTS_A_TURN === 0) await turn(signal);
  }
  pass.close();
  phase.done(`${pass.rows} charts`);
  return pass.totals;
}
