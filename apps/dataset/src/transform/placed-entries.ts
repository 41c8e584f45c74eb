import { EntryColumns } from '#libs/serving';
import { RecordBuckets } from './record-buckets.js';
import type { RecordRoom } from './record-room.js';

/** Entries of a bucket, unless one artist alone has more. */
const BUCKET_ENTRIES = 2 ** 17;

/**
 * Entries of charts on their way to the pages of their artists, 20 bytes each, in buckets of artists: day and region,
 * track, rank and rank by region, streams, chart and trend; ids as in the serving file.
 */
export class PlacedEntries {
  private readonly buckets: RecordBuckets;
  private readonly bucketOf: Uint32Array;

  /** Expects the entries of each artist that {@link put} will be given. */
  constructor(
    private readonly artistEntries: Uint32Array,
    private readonly artistOfTrack: Uint32Array,
    room: RecordRoom,
  ) {
    this.buckets = new RecordBuckets(5, room);
    let [bucket, filled] = [0, 0];
    this.bucketOf = artistEntries.map((entries) => {
      if (filled > 0 && filled + entries > BUCKET_ENTRIES) [bucket, filled] = [bucket + 1, 0];
      filled += entries;
      return bucket;
    });
  }

  /** Puts an entry of a track that has an artist. An artist's entries have to come in the order of its history. */
  put(entries: EntryColumns, i: number, artist: number): void {
    const at = this.buckets.next(this.bucketOf[artist]!);
    const { block } = this.buckets;
    block[at] = (entries.days[i]! << 16) | entries.regionIds[i]!;
    block[at + 1] = entries.trackIds[i]!;
    block[at + 2] = (entries.ranks[i]! << 16) | entries.ranksByRegion[i]!;
    block[at + 3] = entries.streams[i]!;
    block[at + 4] = (entries.chartIds[i]! << 8) | entries.trendIds[i]!;
  }

  /**
   * Hands out the entries bucket by bucket and in each artist by artist, ascending: `take` gets the same columns each
   * time. Takes them out of here. Throws when an artist's entries are not as many as expected.
   */
  *byArtist(take: (artist: number, entries: EntryColumns) => void): Generator<number> {
    const columns = new EntryColumns();
    let artist = 0;
    for (const bucket of this.buckets.numbers()) {
      const records = this.buckets.take(bucket);
      const first = artist;
      while (artist < this.bucketOf.length && this.bucketOf[artist] === bucket) artist++;
      const { order, ends } = this.orderByArtist(records, first, artist);
      for (let id = first, from = 0; id < artist; from = ends[id++ - first]!) {
        gather(records, order, from, ends[id - first]!, columns);
        take(id, columns);
      }
      yield order.length;
    }
  }

  /** The records of artists `[first, end)` counted out: their positions artist by artist, and where each artist's end. */
  private orderByArtist(records: Uint32Array, first: number, end: number) {
    const expected = this.artistEntries.subarray(first, end);
    const ends = new Uint32Array(expected.length);
    for (let i = 1; i < ends.length; i++) ends[i] = ends[i - 1]! + expected[i - 1]!;
    const order = new Uint32Array(records.length / 5);
    for (let at = 0; at < records.length; at += 5) order[ends[this.artistOfTrack[records[at + 1]!]! - first]!++] = at;
    for (let i = 0, from = 0; i < ends.length; from = ends[i++]!) {
      if (ends[i]! - from !== expected[i]) {
        throw new Error(`artist ${first + i} has ${ends[i]! - from} entries instead of ${expected[i]}`);
      }
    }
    return { order, ends };
  }
}

function gather(records: Uint32Array, order: Uint32Array, from: number, to: number, columns: EntryColumns): void {
  const length = to - from;
  columns.reserve(length);
  columns.length = length;
  const { days, regionIds, chartIds, trackIds, ranks, ranksByRegion, streams, trendIds } = columns;
  for (let i = 0; i < length; i++) {
    const at = order[from + i]!;
    const [dayRegion, bothRanks, chartTrend] = [records[at]!, records[at + 2]!, records[at + 4]!];
    days[i] = dayRegion >>> 16;
    regionIds[i] = dayRegion & 0xffff;
    trackIds[i] = records[at + 1]!;
    ranks[i] = bothRanks >>> 16;
    ranksByRegion[i] = bothRanks & 0xffff;
    streams[i] = records[at + 3]!;
    chartIds[i] = chartTrend >>> 8;
    trendIds[i] = chartTrend & 0xff;
  }
}
