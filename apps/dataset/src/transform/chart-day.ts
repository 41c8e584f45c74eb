import { CHARTS } from '#libs/catalog';
import { compareStreams, grow, NO_STREAMS } from '#libs/serving';

const TOP200 = CHARTS.indexOf('top200');

/** Song of a track whose title or artist is unknown: such rows are told apart, not taken for repetitions of each other. */
export const NO_SONG = 0xffff_ffff;

/** What {@link ChartDay.dropRepeated} dropped, in rows. */
export interface Dropped {
  exactDuplicates: number;
  repeatedSongs: number;
  replaced: number;
}

/**
 * The rows of one chart of one region on one day, in order of rank. Track ids and trend ids have to be in the order of
 * their values, so that the outcome does not depend on the order of the input.
 */
export class ChartDay {
  /** Days since 1970-01-01. */
  day = 0;
  regionId = 0;
  chartId = 0;
  length = 0;
  ranks = new Uint16Array(256);
  trackIds = new Uint32Array(256);
  streams = new Uint32Array(256);
  trendIds = new Uint8Array(256);
  /** 0 for a row of the dataset that is appended to, 1 for a row of the files. */
  origins = new Uint8Array(256);

  /** Appends a row. */
  push(rank: number, trackId: number, streams: number, trendId: number, origin: number): void {
    const at = this.length++;
    if (at === this.ranks.length) {
      this.ranks = grow(this.ranks);
      this.trackIds = grow(this.trackIds);
      this.streams = grow(this.streams);
      this.trendIds = grow(this.trendIds);
      this.origins = grow(this.origins);
    }
    this.ranks[at] = rank;
    this.trackIds[at] = trackId;
    this.streams[at] = streams;
    this.trendIds[at] = trendId;
    this.origins[at] = origin;
  }

  /** Whether there are rows of the dataset appended to and rows of the files. */
  get isHeldAlready(): boolean {
    const first = this.origins[0];
    for (let i = 1; i < this.length; i++) if (this.origins[i] !== first) return true;
    return false;
  }

  /**
   * Calls `drop` for each row that does not stay: rows of the dataset appended to where the files have the chart too,
   * exact duplicates, and every row but the first (the better rank; then more streams, then the lower track id) of a
   * song. `seen` marks songs and has to be shared between calls with growing `mark`.
   */
  dropRepeated(
    songOf: Uint32Array,
    seen: Uint32Array,
    mark: number,
    dropped: Dropped,
    drop: (index: number) => void,
  ): void {
    const replace = this.isHeldAlready;
    let previous = -1;
    for (const i of this.byRank()) {
      if (replace && this.origins[i] === 0) {
        dropped.replaced++;
        drop(i);
        continue;
      }
      const song = songOf[this.trackIds[i]!]!;
      if (previous >= 0 && this.compare(previous, i) === 0) {
        dropped.exactDuplicates++;
        drop(i);
      } else if (song !== NO_SONG && seen[song] === mark) {
        dropped.repeatedSongs++;
        drop(i);
      } else if (song !== NO_SONG) {
        seen[song] = mark;
      }
      previous = i;
    }
  }

  /**
   * Position of each row by streams among the rows that have any, most first, equal streams sharing the smallest
   * position (1, 2, 2, 4); a row without streams, and every row of another chart than top200, keeps its rank.
   */
  ranksByRegion(): Uint16Array {
    const result = this.ranks.slice(0, this.length);
    if (this.chartId !== TOP200) return result;
    const order: number[] = [];
    for (let i = 0; i < this.length; i++) if (this.streams[i] !== NO_STREAMS) order.push(i);
    if (!isDescending(this.streams, order)) order.sort((i, j) => this.streams[j]! - this.streams[i]!);
    for (let position = 0; position < order.length; position++) {
      const i = order[position]!;
      const tied = position > 0 && this.streams[order[position - 1]!] === this.streams[i];
      result[i] = tied ? result[order[position - 1]!]! : position + 1;
    }
    return result;
  }

  private *byRank(): Generator<number> {
    for (let i = 0; i < this.length;) {
      let end = i + 1;
      while (end < this.length && this.ranks[end] === this.ranks[i]) end++;
      if (end === i + 1) yield i++;
      else {
        yield* Array.from({ length: end - i }, (_, k) => i + k).sort((a, b) => this.compare(a, b));
        i = end;
      }
    }
  }

  private compare(i: number, j: number): number {
    return (
      this.ranks[i]! - this.ranks[j]! ||
      this.origins[j]! - this.origins[i]! ||
      compareStreams(this.streams[i]!, this.streams[j]!) ||
      this.trackIds[i]! - this.trackIds[j]! ||
      this.trendIds[i]! - this.trendIds[j]!
    );
  }
}

function isDescending(streams: Uint32Array, order: readonly number[]): boolean {
  for (let k = 1; k < order.length; k++) if (streams[order[k]!]! > streams[order[k - 1]!]!) return false;
  return true;
}
