import { NO_TREND } from '#libs/catalog';
import { grow } from '#libs/serving';
import type { RejectReason, RowDefaults, RowSink } from '../rows.js';
import { UsageError } from '../reporting.js';
import { DayReader, parseChart, parseStreams, parseWhole } from './field-values.js';
import { TextInterner, TripleInterner } from './interner.js';
import type { StagedEntries } from './staged-entries.js';

/** Id of a missing title, artist or url in {@link Intake.tracks}. */
export const NO_TEXT = 0xffff_ffff;
/** Highest rank a chart can have. */
export const MAX_RANK = 1000;

const [TITLE, RANK, DATE, ARTIST, URL, REGION, CHART, TREND, STREAMS] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
const MAX_REGIONS = 0xffff;

/**
 * Takes rows, checks their values and stages them as numbers. Titles, artists and urls are interned apart,
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
  /** For each url the track it was last seen with, plus one. */
  private trackOfUrl = new Uint32Array(1 << 10);
  private defaultDay = -1;
  private defaultRegion = -1;
  private defaultChart = -1;

  /** An intake that stages what it takes in `staged`. */
  constructor(readonly staged: StagedEntries) {}

  /** Rows taken. */
  get rows(): number {
    return this.staged.count;
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
    const track = this.trackOf(bytes, starts, ends);
    const trend = text(this.trends, bytes, starts[TREND]!, ends[TREND]!);
    this.staged.put(day, region, chart, rank, track, streams, trend === NO_TEXT ? NO_TREND : trend, 1);
    return undefined;
  }

  /** A url mostly has the title and the artist that it had before: comparing those costs less than looking them up. */
  private trackOf(bytes: Uint8Array, starts: Int32Array, ends: Int32Array): number {
    const { titles, artists, tracks } = this;
    const url = text(this.urls, bytes, starts[URL]!, ends[URL]!);
    if (url === NO_TEXT) return this.internTrack(bytes, starts, ends, url);
    while (this.trackOfUrl.length <= url) this.trackOfUrl = grow(this.trackOfUrl);
    const known = this.trackOfUrl[url]! - 1;
    const same =
      known >= 0 &&
      holds(titles, tracks.part(known, 0), bytes, starts[TITLE]!, ends[TITLE]!) &&
      holds(artists, tracks.part(known, 1), bytes, starts[ARTIST]!, ends[ARTIST]!);
    if (same) return known;
    const track = this.internTrack(bytes, starts, ends, url);
    this.trackOfUrl[url] = track + 1;
    return track;
  }

  private internTrack(bytes: Uint8Array, starts: Int32Array, ends: Int32Array, url: number): number {
    return this.tracks.intern(
      text(this.titles, bytes, starts[TITLE]!, ends[TITLE]!),
      text(this.artists, bytes, starts[ARTIST]!, ends[ARTIST]!),
      url,
    );
  }

  /** Ends the intake. Throws {@link UsageError} when there are more regions or trends than a chart export can have. */
  close(): void {
    if (this.regions.size > MAX_REGIONS) {
      throw new UsageError(`The input names ${this.regions.size} regions, at most ${MAX_REGIONS} are possible.`);
    }
    if (this.trends.size > NO_TREND) {
      throw new UsageError(
        `The column trend has ${this.trends.size} different values, a chart export has four (MOVE_UP, MOVE_DOWN, SAME_POSITION, NEW_ENTRY); at most ${NO_TREND} are possible.`,
      );
    }
  }
}

function text(interner: TextInterner, bytes: Uint8Array, start: number, end: number): number {
  return start === end || start < 0 ? NO_TEXT : interner.intern(bytes, start, end);
}

function holds(interner: TextInterner, id: number, bytes: Uint8Array, start: number, end: number): boolean {
  return start === end || start < 0 ? id === NO_TEXT : id !== NO_TEXT && interner.holds(id, bytes, start, end);
}
