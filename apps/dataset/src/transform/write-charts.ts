import { UINTEGER, USMALLINT, UTINYINT, type DuckDBConnection } from '@duckdb/node-api';
import { CHARTS, chartKey, listKeys, NO_TREND } from '#libs/catalog';
import { CHUNK_ROWS, ChunkWriter } from '#libs/duckdb';
import type { Phase } from '../reporting.js';
import type { ChartDay } from './chart-day.js';
import type { ContentDigest } from './content-digest.js';
import type { FinalIds } from './dictionaries.js';
import { compareStreams, EntryColumns, NO_STREAMS } from '#libs/serving';
import { EntryListWriter } from './entry-list-writer.js';
import { NO_TEXT } from './intake.js';
import { TopList } from './top-list.js';

const PLACED_TYPES = [
  ...[UINTEGER, UINTEGER, USMALLINT, USMALLINT, UTINYINT],
  ...[UINTEGER, USMALLINT, USMALLINT, UINTEGER, UTINYINT],
];

/** Creates the table of entries for which the charts' pass has computed everything, `seq` their order within an artist. */
export const PLACED_TABLE = `CREATE TABLE placed (
  artist UINTEGER, seq UINTEGER, day USMALLINT, region USMALLINT, chart UTINYINT,
  track UINTEGER, rank USMALLINT, rank_by_region USMALLINT, streams UINTEGER, trend UTINYINT)`;

/** What the charts' pass counted. */
export interface ChartTotals {
  /** Entries by chart id. */
  readonly entries: number[];
  charts: number;
  doubledRanks: number;
  nullTop200Streams: number;
  /** Sum and count of the known streams by region id. */
  readonly streamSums: Float64Array;
  readonly streamCounts: Float64Array;
}

/**
 * Writes the charts and the top lists of everything, of each day and of each region, feeds the digest, and stages the
 * entries for the artists' pass.
 */
export class ChartsPass {
  readonly totals: ChartTotals;
  private readonly entries = new EntryColumns();
  private readonly artists = new Uint32Array(CHUNK_ROWS);
  private readonly sequence = new Uint32Array(CHUNK_ROWS);
  private readonly placed = new EntryColumns();
  private readonly listed = new EntryColumns();
  private readonly all = new TopList();
  private readonly ofDay = new TopList();
  private readonly ofRegion: readonly TopList[];
  private nextInSequence = 0;
  private dayId = -1;

  private constructor(
    private readonly ids: FinalIds,
    private readonly digest: ContentDigest,
    private readonly charts: EntryListWriter,
    private readonly lists: EntryListWriter,
    private readonly stage: ChunkWriter,
    private readonly phase: Phase,
  ) {
    const regions = ids.used.regions.kept.length;
    this.ofRegion = Array.from({ length: regions }, () => new TopList());
    this.totals = {
      entries: CHARTS.map(() => 0),
      charts: 0,
      doubledRanks: 0,
      nullTop200Streams: 0,
      streamSums: new Float64Array(regions),
      streamCounts: new Float64Array(regions),
    };
  }

  /** Opens the tables; `lists` stays open for the artists' pass. */
  static async create(
    connection: DuckDBConnection,
    ids: FinalIds,
    digest: ContentDigest,
    lists: EntryListWriter,
    phase: Phase,
  ): Promise<ChartsPass> {
    await connection.run(PLACED_TABLE);
    const charts = await EntryListWriter.create(connection, 'chart');
    const stage = new ChunkWriter(await connection.createAppender('placed'), PLACED_TYPES);
    return new ChartsPass(ids, digest, charts, lists, stage, phase);
  }

  /** Takes the next chart; the charts have to come by day, region and chart. */
  add(chart: ChartDay): void {
    const { entries } = this;
    this.fill(chart);
    if (this.dayId !== entries.days[0]) this.endDay();
    this.dayId = entries.days[0]!;
    const key = chartKey(this.ofRegion.length, this.dayId, entries.regionIds[0]!, chart.chartId);
    this.charts.add([key], entries, 0, entries.length);
    this.digest.chart(key, entries, 0, entries.length);
    this.count();
    const region = this.ofRegion[entries.regionIds[0]!]!;
    for (let index = 0; index < entries.length; index++) {
      this.all.offer(entries, index);
      this.ofDay.offer(entries, index);
      region.offer(entries, index);
    }
    this.stageForArtists();
    this.phase.advance(entries.length);
  }

  /** Writes what is pending and the lists of everything and of the regions. */
  close(): void {
    const keys = listKeys(this.ofRegion.length, this.ids.used.days.kept.length);
    this.endDay();
    this.writeList(keys.all, this.all);
    this.ofRegion.forEach((list, regionId) => this.writeList(keys.region(regionId), list));
    this.charts.close();
    this.flushStage();
    this.stage.close();
  }

  /** Rows written to the table chart. */
  get rows(): number {
    return this.charts.rows;
  }

  private fill(chart: ChartDay): void {
    const { used } = this.ids;
    const ranksByRegion = chart.ranksByRegion();
    const { entries } = this;
    entries.reserve(chart.length);
    entries.length = 0;
    for (const index of chartOrder(chart, ranksByRegion)) {
      const at = entries.length++;
      entries.days[at] = used.days.ids[chart.day]!;
      entries.regionIds[at] = used.regions.ids[chart.regionId]!;
      entries.chartIds[at] = chart.chartId;
      entries.trackIds[at] = used.tracks.ids[chart.trackIds[index]!]!;
      entries.ranks[at] = chart.ranks[index]!;
      entries.ranksByRegion[at] = ranksByRegion[index]!;
      entries.streams[at] = chart.streams[index]!;
      const trend = chart.trendIds[index]!;
      entries.trendIds[at] = trend === NO_TREND ? trend : used.trends.ids[trend]!;
    }
  }

  private count(): void {
    const { entries, totals } = this;
    totals.charts++;
    totals.entries[entries.chartIds[0]!]! += entries.length;
    const regionId = entries.regionIds[0]!;
    const ranks = new Set<number>();
    for (let index = 0; index < entries.length; index++) {
      ranks.add(entries.ranks[index]!);
      if (entries.streams[index] !== NO_STREAMS) {
        totals.streamSums[regionId]! += entries.streams[index]!;
        totals.streamCounts[regionId]!++;
      } else if (entries.chartIds[index] === 0) totals.nullTop200Streams++;
    }
    totals.doubledRanks += entries.length - ranks.size;
  }

  private stageForArtists(): void {
    const { entries } = this;
    for (const index of artistOrder(entries)) {
      const artist = this.ids.artistOfTrack[entries.trackIds[index]!]!;
      if (artist === NO_TEXT) continue;
      this.artists[this.placed.length] = artist;
      this.sequence[this.placed.length] = this.nextInSequence++;
      this.placed.push(entries, index);
      if (this.placed.length === CHUNK_ROWS) this.flushStage();
    }
  }

  private flushStage(): void {
    const { stage, placed } = this;
    if (placed.length === 0) return;
    stage.begin(placed.length);
    const columns = [
      ...[this.artists, this.sequence, placed.days, placed.regionIds, placed.chartIds],
      ...[placed.trackIds, placed.ranks, placed.ranksByRegion, placed.streams, placed.trendIds],
    ];
    columns.forEach((values, column) => stage.numbers(column, values));
    stage.end();
    placed.length = 0;
  }

  private endDay(): void {
    if (this.dayId < 0) return;
    this.writeList(listKeys(this.ofRegion.length, this.ids.used.days.kept.length).day(this.dayId), this.ofDay);
  }

  private writeList(key: number, list: TopList): void {
    this.listed.length = 0;
    list.drainTo(this.listed);
    if (this.listed.length > 0) this.lists.add([key], this.listed, 0, this.listed.length);
  }
}

/** Order of `/rankings`: rank by region, rank, track (title first), then what can still differ where a song is unknown. */
function chartOrder(chart: ChartDay, ranksByRegion: Uint16Array): readonly number[] {
  const order = Array.from({ length: chart.length }, (_, index) => index);
  return order.sort(
    (i, j) =>
      ranksByRegion[i]! - ranksByRegion[j]! ||
      chart.ranks[i]! - chart.ranks[j]! ||
      chart.trackIds[i]! - chart.trackIds[j]! ||
      compareStreams(chart.streams[i]!, chart.streams[j]!) ||
      chart.trendIds[i]! - chart.trendIds[j]!,
  );
}

/** Order of `/artist` within a chart: rank by region, track (title first), then as they stand in the chart. */
function artistOrder(entries: EntryColumns): readonly number[] {
  const order = Array.from({ length: entries.length }, (_, index) => index);
  return order.sort(
    (i, j) => entries.ranksByRegion[i]! - entries.ranksByRegion[j]! || entries.trackIds[i]! - entries.trackIds[j]!,
  );
}
