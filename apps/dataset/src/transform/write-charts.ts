import type { DuckDBConnection } from '@duckdb/node-api';
import { CHARTS, chartKey, listKeys, NO_TREND } from '#libs/catalog';
import type { Phase } from '../reporting.js';
import type { ChartDay } from './chart-day.js';
import type { ContentDigest } from './content-digest.js';
import type { FinalIds } from './dictionaries.js';
import { compareStreams, EntryColumns, grow, NO_STREAMS } from '#libs/serving';
import { EntryListWriter } from './entry-list-writer.js';
import { NO_TEXT } from './intake.js';
import type { PlacedEntries } from './placed-entries.js';
import { TopList } from './top-list.js';

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
 * Writes the charts and the top lists of everything, of each day and of each region, feeds the digest, and leaves the
 * entries to the artists' pass.
 */
export class ChartsPass {
  readonly totals: ChartTotals;
  private readonly entries = new EntryColumns();
  private order = new Uint32Array(256);
  private readonly listed = new EntryColumns();
  private readonly all = new TopList();
  private readonly ofDay = new TopList();
  private readonly ofRegion: readonly TopList[];
  private dayId = -1;

  private constructor(
    private readonly ids: FinalIds,
    private readonly digest: ContentDigest,
    private readonly charts: EntryListWriter,
    private readonly lists: EntryListWriter,
    private readonly placed: PlacedEntries,
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
    placed: PlacedEntries,
    phase: Phase,
  ): Promise<ChartsPass> {
    const charts = await EntryListWriter.create(connection, 'chart');
    return new ChartsPass(ids, digest, charts, lists, placed, phase);
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
    for (const list of [this.all, this.ofDay, region]) list.offerAll(entries);
    this.placeForArtists();
    this.phase.advance(entries.length);
  }

  /** Writes what is pending and the lists of everything and of the regions. */
  close(): void {
    const keys = listKeys(this.ofRegion.length, this.ids.used.days.kept.length);
    this.endDay();
    this.writeList(keys.all, this.all);
    this.ofRegion.forEach((list, regionId) => this.writeList(keys.region(regionId), list));
    this.charts.close();
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
    entries.length = chart.length;
    const order = this.ordered(chart.length, (i, j) => compareInChart(chart, ranksByRegion, i, j));
    for (let at = 0; at < chart.length; at++) {
      const index = order[at]!;
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

  /** In the order of `/artist` within a chart: rank by region, track (title first), then as they stand in the chart. */
  private placeForArtists(): void {
    const { entries, placed } = this;
    const { ranksByRegion, trackIds } = entries;
    const compare = (i: number, j: number) => ranksByRegion[i]! - ranksByRegion[j]! || trackIds[i]! - trackIds[j]!;
    const order = this.ordered(entries.length, compare);
    for (let at = 0; at < entries.length; at++) {
      const index = order[at]!;
      const artist = this.ids.artistOfTrack[trackIds[index]!]!;
      if (artist !== NO_TEXT) placed.put(entries, index, artist);
    }
  }

  /** The numbers from 0 in an order, valid until the next call. Charts mostly come in it, so it is looked for first. */
  private ordered(length: number, compare: (i: number, j: number) => number): Uint32Array {
    while (this.order.length < length) this.order = grow(this.order);
    const { order } = this;
    let sorted = true;
    for (let i = 0; i < length; i++) order[i] = i;
    for (let i = 1; sorted && i < length; i++) sorted = compare(i - 1, i) <= 0;
    if (!sorted) order.subarray(0, length).sort(compare);
    return order;
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
function compareInChart(chart: ChartDay, ranksByRegion: Uint16Array, i: number, j: number): number {
  return (
    ranksByRegion[i]! - ranksByRegion[j]! ||
    chart.ranks[i]! - chart.ranks[j]! ||
    chart.trackIds[i]! - chart.trackIds[j]! ||
    compareStreams(chart.streams[i]!, chart.streams[j]!) ||
    chart.trendIds[i]! - chart.trendIds[j]!
  );
}
