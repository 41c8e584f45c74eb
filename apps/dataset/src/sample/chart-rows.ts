import { formatDay, parseDay } from '#libs/catalog';
import { COLUMNS, REJECT_REASONS, type RowSink } from '../rows.js';
import type { ByteArena } from './byte-arena.js';
import type { Catalogue } from './catalogue.js';

const FIRST_DATE = '2017-01-01';
const MAX_RANK = 200;
const STREAMS_DIGITS = 10;
const [TITLE, RANK, DATE, ARTIST, URL, REGION, CHART, TREND, STREAMS] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;

/** Value of `streams` of a row that has none. */
export const NO_STREAMS = -1;

/** Texts of the trends in the order of {@link trendOf}'s answers. */
const TRENDS = ['', 'MOVE_UP', 'MOVE_DOWN', 'SAME_POSITION', 'NEW_ENTRY'] as const;

/** Index of the trend: none when the chart was never published before, else by the rank then (0: it was not on it). */
export function trendOf(rank: number, rankBefore: number, publishedBefore: boolean): number {
  if (!publishedBefore) return 0;
  if (rankBefore === 0) return 4;
  return rankBefore === rank ? 3 : rank < rankBefore ? 1 : 2;
}

/**
 * Hands rows to a sink. Every text is in the arena beforehand, so a row is nine pairs of offsets; only the digits of
 * `streams` are written for each.
 */
export class ChartRows {
  rows = 0;
  private readonly starts = new Int32Array(COLUMNS.length);
  private readonly ends = new Int32Array(COLUMNS.length);
  private readonly dates: readonly Span[];
  private readonly ranks: readonly Span[];
  private readonly charts: readonly Span[];
  private readonly trends: readonly Span[];
  private readonly regions: readonly Span[];
  private readonly digitsEnd: number;
  private readonly bytes: Uint8Array;

  constructor(
    arena: ByteArena,
    private readonly songs: Catalogue,
    regions: readonly string[],
    days: number,
    private readonly sink: RowSink,
  ) {
    const spans = (texts: readonly string[]) => texts.map((text) => ({ start: arena.add(text), end: arena.length }));
    const firstDay = parseDay(FIRST_DATE) ?? 0;
    this.dates = spans(Array.from({ length: days }, (_, day) => formatDay(firstDay + day)));
    this.ranks = spans(Array.from({ length: MAX_RANK + 1 }, (_, rank) => String(rank)));
    this.charts = spans(['top200', 'viral50']);
    this.trends = spans(TRENDS);
    this.regions = spans(regions);
    this.digitsEnd = arena.space(STREAMS_DIGITS) + STREAMS_DIGITS;
    this.bytes = arena.bytes;
  }

  /** The chart (0 top200, 1 viral50) of which the next rows are. */
  begin(day: number, region: number, chart: number): void {
    this.put(DATE, this.dates[day]);
    this.put(REGION, this.regions[region]);
    this.put(CHART, this.charts[chart]);
  }

  /** A row of the chart; the trend by {@link trendOf}, streams a whole number or {@link NO_STREAMS}. */
  add(song: number, rank: number, trend: number, streams: number): void {
    const { starts, ends, songs } = this;
    starts[TITLE] = songs.titleStarts[song] ?? 0;
    ends[TITLE] = songs.titleEnds[song] ?? 0;
    starts[ARTIST] = songs.artistStarts[song] ?? 0;
    ends[ARTIST] = songs.artistEnds[song] ?? 0;
    starts[URL] = songs.urlStarts[song] ?? 0;
    ends[URL] = songs.urlEnds[song] ?? 0;
    this.put(RANK, this.ranks[rank]);
    this.put(TREND, this.trends[trend]);
    starts[STREAMS] = streams === NO_STREAMS ? this.digitsEnd : this.writeDigits(streams);
    ends[STREAMS] = this.digitsEnd;
    this.again();
  }

  /** The row before once more, all fields equal. */
  again(): void {
    const refusal = this.sink.accept(this.bytes, this.starts, this.ends);
    if (refusal !== undefined) throw new Error(`A row of the sample is refused: ${REJECT_REASONS[refusal]}`);
    this.rows++;
  }

  private put(column: number, span: Span | undefined): void {
    this.starts[column] = span?.start ?? 0;
    this.ends[column] = span?.end ?? 0;
  }

  private writeDigits(value: number): number {
    let at = this.digitsEnd;
    let left = value;
    do {
      const rest = Math.floor(left / 10);
      this.bytes[--at] = 48 + left - rest * 10;
      left = rest;
    } while (left > 0);
    return at;
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}
