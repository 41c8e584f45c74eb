import { CHARTS, listKeys, NO_TREND, parseDay, type Manifest } from '#libs/catalog';
import type { Phase } from '../reporting.js';
import { ChartDay } from './chart-day.js';
import { ContentDigest } from './content-digest.js';
import { compareStreams, NO_STREAMS, type EntryColumns } from '#libs/serving';
import { MAX_RANK, NO_TEXT } from './intake.js';
import type { EntryRow, ServedDictionaries, ServingReader } from './serving-reader.js';
import { TopList } from './top-list.js';
import { EntrySums } from './verify-sums.js';
import type { Faults } from './verify-faults.js';

/** What the check of the charts leaves to that of the artists and lists. */
export interface ChartSums {
  /** Sums over the entries that have an artist. */
  readonly entries: EntrySums;
  /** Expected lists by key: of everything, each day and each region. */
  readonly lists: Map<number, TopList>;
}

/** Checks every chart: key, ranges, order, ranks by region, repetitions; then counts and the content digest. */
export async function checkCharts(
  reader: ServingReader,
  served: ServedDictionaries,
  manifest: Manifest,
  faults: Faults,
  phase: Phase,
): Promise<ChartSums> {
  const check = new ChartCheck(served, manifest, faults);
  for await (const row of reader.charts()) {
    check.take(row);
    phase.advance(row.entries.length);
  }
  return check.finish();
}

class ChartCheck {
  private readonly lists = new Map<number, TopList>();
  private readonly keys: ReturnType<typeof listKeys>;
  private readonly artistOfTrack: Uint32Array;
  private readonly sums = new EntrySums();
  private readonly digest: ContentDigest;
  private readonly chart = new ChartDay();
  private readonly counts = CHARTS.map(() => 0);
  private readonly streamSums: Float64Array;
  private readonly streamCounts: Float64Array;
  private charts = 0;
  private lastKey = -1;

  constructor(
    private readonly served: ServedDictionaries,
    private readonly manifest: Manifest,
    private readonly faults: Faults,
  ) {
    this.keys = listKeys(served.regions.length, served.days.length);
    this.streamSums = new Float64Array(served.regions.length);
    this.streamCounts = new Float64Array(served.regions.length);
    this.artistOfTrack = Uint32Array.from(served.tracks, ({ artistId }) => artistId ?? NO_TEXT);
    this.digest = new ContentDigest(manifest.period);
    const text = (value: string | null) => (value === null ? null : Buffer.from(value));
    const { regions, days, trends, artists, tracks } = served;
    this.digest.texts(regions.length, (id) => text(regions[id]!));
    this.digest.numbers(Uint32Array.from(days, (date) => parseDay(date)!));
    this.digest.texts(trends.length, (id) => text(trends[id]!));
    this.digest.texts(artists.length, (id) => text(artists[id]!.name));
    this.digest.texts(tracks.length, (id) => text(tracks[id]!.title));
    this.digest.numbers(this.artistOfTrack);
    this.digest.texts(tracks.length, (id) => text(tracks[id]!.url));
  }

  take({ scalars: [key], entries }: EntryRow): void {
    const { served } = this;
    this.charts++;
    if (key! <= this.lastKey) this.faults.add(`chart ${key}: not in order or repeated`);
    this.lastKey = key!;
    const chartId = key! % CHARTS.length;
    const place = (key! - chartId) / CHARTS.length;
    const regionId = place % served.regions.length;
    const dayId = (place - regionId) / served.regions.length;
    if (dayId >= served.days.length) return this.faults.add(`chart ${key}: no such day`);
    if (entries.length === 0) return this.faults.add(`chart ${key}: no entries`);
    this.counts[chartId]! += entries.length;
    for (let i = 0; i < entries.length; i++) {
      if (entries.days[i] !== dayId || entries.regionIds[i] !== regionId || entries.chartIds[i] !== chartId) {
        return this.faults.add(`chart ${key}: entry ${i} is of another chart`);
      }
    }
    if (!this.inRange(key!, entries)) return;
    this.checkRanks(key!, chartId, entries);
    this.digest.chart(key!, entries, 0, entries.length);
    for (const list of [this.keys.all, this.keys.day(dayId), this.keys.region(regionId)]) this.offer(list, entries);
    for (let i = 0; i < entries.length; i++) {
      const artist = this.artistOfTrack[entries.trackIds[i]!]!;
      if (artist !== NO_TEXT) this.sums.add(artist, entries, i);
      if (entries.streams[i] === NO_STREAMS) continue;
      this.streamSums[regionId]! += entries.streams[i]!;
      this.streamCounts[regionId]!++;
    }
  }

  finish(): ChartSums {
    const { rows, version } = this.manifest;
    this.faults.expect('charts', this.charts, rows.charts);
    CHARTS.forEach((chart, id) => this.faults.expect(`entries of ${chart}`, this.counts[id]!, rows[chart]));
    this.faults.expect('entries', rows.top200 + rows.viral50, rows.entries);
    this.served.averages.forEach((average, id) => {
      const expected = this.streamCounts[id] === 0 ? 'none' : this.streamSums[id]! / this.streamCounts[id]!;
      this.faults.expect(`average streams of region ${id}`, average ?? 'none', expected);
    });
    this.faults.expect('content digest', this.digest.hex(), version);
    return { entries: this.sums, lists: this.lists };
  }

  private inRange(key: number, entries: EntryColumns): boolean {
    const { tracks, trends } = this.served;
    for (let i = 0; i < entries.length; i++) {
      const trend = entries.trendIds[i]!;
      const rank = entries.ranks[i]!;
      if (entries.trackIds[i]! >= tracks.length || (trend !== NO_TREND && trend >= trends.length)) {
        this.faults.add(`chart ${key}: entry ${i} has an unknown track or trend`);
        return false;
      }
      if (rank < 1 || rank > MAX_RANK) this.faults.add(`chart ${key}: entry ${i} has rank ${rank}`);
    }
    return true;
  }

  private checkRanks(key: number, chartId: number, entries: EntryColumns): void {
    const { chart } = this;
    chart.length = 0;
    chart.chartId = chartId;
    for (let i = 0; i < entries.length; i++) {
      chart.push(entries.ranks[i]!, entries.trackIds[i]!, entries.streams[i]!, 0, 0);
      if (i === 0) continue;
      const order =
        entries.ranksByRegion[i - 1]! - entries.ranksByRegion[i]! ||
        entries.ranks[i - 1]! - entries.ranks[i]! ||
        entries.trackIds[i - 1]! - entries.trackIds[i]! ||
        compareStreams(entries.streams[i - 1]!, entries.streams[i]!) ||
        entries.trendIds[i - 1]! - entries.trendIds[i]!;
      if (order >= 0) this.faults.add(`chart ${key}: entry ${i} is not in order or repeated`);
    }
    const expected = chart.ranksByRegion();
    for (let i = 0; i < entries.length; i++) {
      if (expected[i] !== entries.ranksByRegion[i]) {
        this.faults.add(`chart ${key}: entry ${i} has rank by region ${entries.ranksByRegion[i]}, not ${expected[i]}`);
      }
    }
  }

  private offer(key: number, entries: EntryColumns): void {
    let list = this.lists.get(key);
    if (!list) this.lists.set(key, (list = new TopList()));
    list.offerAll(entries);
  }
}
