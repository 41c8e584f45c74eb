import { UINTEGER, USMALLINT, UTINYINT, type DuckDBConnection } from '@duckdb/node-api';
import { NO_TREND } from '#libs/catalog';
import { CHUNK_ROWS, ChunkWriter } from '#libs/duckdb';
import type { RejectReason, RowDefaults, RowSink } from '../rows.js';
import { UsageError } from '../reporting.js';
import { DayReader, parseChart, parseStreams, parseWhole } from './field-values.js';
import { TextInterner, TripleInterner } from './interner.js';

/** Id of a missing title, artist or url in {@link Intake.tracks}. */
export const NO_TEXT = 0xffff_ffff;
/** Highest rank a chart can have. */
export const MAX_RANK = 1000;
/** Where a row comes from: the dataset that is appended to, or the files. */
export type Origin = 0 | 1;

const [TITLE, RANK, DATE, ARTIST, URL, REGION, CHART, TREND, STREAMS] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
const MAX_REGIONS = 0xffff;

/** Creates the staging table that an {@link Intake} fills: a row an entry, texts replaced by the intake's ids. */
export const STAGE_TABLE = `CREATE TABLE stage (
  day USMALLINT, region USMALLINT, chart UTINYINT, rank USMALLINT, track UINTEGER, streams UINTEGER, trend UTINYINT, origin UTINYINT)`;
const TYPES = [USMALLINT, USMALLINT, UTINYINT, USMALLINT, UINTEGER, UINTEGER, UTINYINT, UTINYINT];

/**
 * Takes rows, checks their values and stages them in DuckDB as numbers. Titles, artists and urls are interned apart,
 * and a track is the triple of them; days are days since 1970-01-01.
 */
export class Intake implements RowSink {
  readonly titles = new TextInterner();
  readonly artists = new TextInterner();
  readonly urls = new TextInterner();
  readonly regions = new TextInterner();
  readonly trends = new TextInterner();
  /** (title, artist, url) of each track, {@link NO_TEXT} where it is null. */
  readonly tracks = new TripleInterner();

  private readonly days = new DayReader();
  private readonly day = new Uint16Array(CHUNK_ROWS);
  private readonly region = new Uint16Array(CHUNK_ROWS);
  private readonly chart = new Uint8Array(CHUNK_ROWS);
  private readonly rank = new Uint16Array(CHUNK_ROWS);
  private readonly track = new Uint32Array(CHUNK_ROWS);
  private readonly stream = new Uint32Array(CHUNK_ROWS);
  private readonly trend = new Uint8Array(CHUNK_ROWS);
  private readonly origin = new Uint8Array(CHUNK_ROWS);
  private flushed = 0;
  private pending = 0;
  private defaultDay = -1;
  private defaultRegion = -1;
  private defaultChart = -1;

  private constructor(private readonly writer: ChunkWriter) {}

  /** Rows taken. */
  get rows(): number {
    return this.flushed + this.pending;
  }

  /** Creates the staging table and an intake that fills it. */
  static async create(connection: DuckDBConnection): Promise<Intake> {
    await connection.run(STAGE_TABLE);
    return new Intake(new ChunkWriter(await connection.createAppender('stage'), TYPES));
  }

  open(defaults: RowDefaults): void {
    const bytes = (text = '') => Buffer.from(text);
    const [date, region, chart] = [bytes(defaults.date), bytes(defaults.region), bytes(defaults.chart)];
    this.defaultDay = this.days.parse(date, 0, date.length);
    this.defaultRegion = region.length === 0 ? -1 : this.regions.intern(region, 0, region.length);
    this.defaultChart = parseChart(chart, 0, chart.length);
  }

  accept(bytes: Uint8Array, starts: Int32Array, ends: Int32Array): RejectReason | undefined {
    let day = this.defaultDay;
    if (starts[DATE]! >= 0) {
      if (starts[DATE] === ends[DATE]) return 'no-date';
      day = this.days.parse(bytes, starts[DATE]!, ends[DATE]!);
    }
    if (day < 0) return 'date';
    if (starts[RANK]! < 0 || starts[RANK] === ends[RANK]) return 'no-rank';
    const rank = parseWhole(bytes, starts[RANK]!, ends[RANK]!, MAX_RANK);
    if (rank < 1) return 'rank';
    if (starts[REGION]! < 0 ? this.defaultRegion < 0 : starts[REGION] === ends[REGION]) return 'no-region';
    const chart = starts[CHART]! < 0 ? this.defaultChart : parseChart(bytes, starts[CHART]!, ends[CHART]!);
    if (chart < 0) return 'chart';
    const streams = parseStreams(bytes, Math.max(starts[STREAMS]!, 0), Math.max(ends[STREAMS]!, 0));
    if (streams < 0) return 'streams';
    const region =
      starts[REGION]! < 0 ? this.defaultRegion : this.regions.intern(bytes, starts[REGION]!, ends[REGION]!);
    const track = this.tracks.intern(
      text(this.titles, bytes, starts[TITLE]!, ends[TITLE]!),
      text(this.artists, bytes, starts[ARTIST]!, ends[ARTIST]!),
      text(this.urls, bytes, starts[URL]!, ends[URL]!),
    );
    const trend = text(this.trends, bytes, starts[TREND]!, ends[TREND]!);
    this.push(day, region, chart, rank, track, streams, trend === NO_TEXT ? NO_TREND : trend, 1);
    return undefined;
  }

  /** Stages an entry whose texts are interned already. */
  push(
    day: number,
    region: number,
    chart: number,
    rank: number,
    track: number,
    streams: number,
    trend: number,
    origin: Origin,
  ): void {
    const at = this.pending++;
    this.day[at] = day;
    this.region[at] = region;
    this.chart[at] = chart;
    this.rank[at] = rank;
    this.track[at] = track;
    this.stream[at] = streams;
    this.trend[at] = trend;
    this.origin[at] = origin;
    if (this.pending === CHUNK_ROWS) this.flush();
  }

  /** Stages what is pending and ends the intake. Throws {@link UsageError} when there are more regions or trends than a chart export can have. */
  close(): void {
    this.flush();
    this.writer.close();
    if (this.regions.size > MAX_REGIONS) {
      throw new UsageError(`The input names ${this.regions.size} regions, at most ${MAX_REGIONS} are possible.`);
    }
    if (this.trends.size > NO_TREND) {
      throw new UsageError(
        `The column trend has ${this.trends.size} different values, a chart export has four (MOVE_UP, MOVE_DOWN, SAME_POSITION, NEW_ENTRY); at most ${NO_TREND} are possible.`,
      );
    }
  }

  private flush(): void {
    if (this.pending === 0) return;
    const { writer } = this;
    writer.begin(this.pending);
    const columns = [this.day, this.region, this.chart, this.rank, this.track, this.stream, this.trend, this.origin];
    columns.forEach((values, column) => writer.numbers(column, values));
    writer.end();
    this.flushed += this.pending;
    this.pending = 0;
  }
}

function text(interner: TextInterner, bytes: Uint8Array, start: number, end: number): number {
  return start === end || start < 0 ? NO_TEXT : interner.intern(bytes, start, end);
}
