import { ascending } from './ascending.js';
import { ChartDay } from './chart-day.js';
import type { Order } from './dictionaries.js';
import { RecordBuckets } from './record-buckets.js';
import type { RecordRoom } from './record-room.js';

/** Days of a bucket, as a power of two: a bucket then holds some 60,000 entries of a whole export. */
const BUCKET_DAYS_BITS = 2;
/** Greatest place of an entry within a bucket: day, region, chart and rank. */
const MOST_PLACE = 2 ** 30 - 1;
const RANKS = 2 ** 11; // a power of two above MAX_RANK

/**
 * Entries on their way from the input to the serving file, 16 bytes each, in buckets of days: day and region; chart,
 * rank, trend and origin; track; streams. What the ids mean is up to who puts them there.
 */
export class StagedEntries {
  /** Entries put here. */
  count = 0;
  private readonly buckets: RecordBuckets;

  constructor(room: RecordRoom) {
    this.buckets = new RecordBuckets(4, room);
  }

  /** Puts an entry; `day` counts from 1970-01-01 and `origin` is 0 or 1. */
  put(
    day: number,
    region: number,
    chart: number,
    rank: number,
    track: number,
    streams: number,
    trend: number,
    origin: number,
  ): void {
    const at = this.buckets.next(day >> BUCKET_DAYS_BITS);
    const { block } = this.buckets;
    block[at] = (day << 16) | region;
    block[at + 1] = (chart << 20) | (rank << 9) | (trend << 1) | origin;
    block[at + 2] = track;
    block[at + 3] = streams;
    this.count++;
  }

  /**
   * The entries of the intake by day, region, chart and rank, chart by chart, with ids in the order of their values; the
   * same object is handed out each time. Entries that came first stay first among equals. Takes them out of here.
   */
  *sortedBy(order: Order): Generator<ChartDay> {
    for (const bucket of this.buckets.numbers()) {
      const records = this.buckets.take(bucket);
      yield* chartsOf(records, sortedIndexes(records, order), order);
    }
  }

  /** The entries chart by chart as they were put here, which has to have been in that order. Takes them out of here. */
  *inOrder(): Generator<ChartDay> {
    for (const bucket of this.buckets.numbers()) {
      const records = this.buckets.take(bucket);
      yield* chartsOf(records, undefined, undefined);
    }
  }
}

function sortedIndexes(records: Uint32Array, { regions: { order: regionOrder } }: Order): Float64Array | Uint32Array {
  const count = records.length / 4;
  const places = new Float64Array(count);
  for (let index = 0, at = 0; index < count; index++, at += 4) {
    const [dayRegion, rest] = [records[at]!, records[at + 1]!];
    const day = (dayRegion >>> 16) & (2 ** BUCKET_DAYS_BITS - 1);
    places[index] = (day * 65536 + regionOrder[dayRegion & 0xffff]!) * 2 * RANKS + (rest >>> 9);
  }
  return ascending(places, MOST_PLACE);
}

function* chartsOf(
  records: Uint32Array,
  indexes: Float64Array | Uint32Array | undefined,
  order: Order | undefined,
): Generator<ChartDay> {
  const chart = new ChartDay();
  const count = records.length / 4;
  let current = -1;
  let currentChart = -1;
  for (let index = 0; index < count; index++) {
    const at = 4 * (indexes === undefined ? index : indexes[index]!);
    const dayRegion = records[at]!;
    const rest = records[at + 1]!;
    const chartId = (rest >>> 20) & 1;
    if (dayRegion !== current || chartId !== currentChart) {
      if (chart.length > 0) yield chart;
      chart.length = 0;
      [current, currentChart] = [dayRegion, chartId];
      chart.day = dayRegion >>> 16;
      chart.regionId = order ? order.regions.order[dayRegion & 0xffff]! : dayRegion & 0xffff;
      chart.chartId = chartId;
    }
    const track = records[at + 2]!;
    const trend = (rest >>> 1) & 0xff;
    chart.push(
      (rest >>> 9) & (RANKS - 1),
      order ? order.tracks.order[track]! : track,
      records[at + 3]!,
      order ? order.trendOrder[trend]! : trend,
      rest & 1,
    );
  }
  if (chart.length > 0) yield chart;
}
