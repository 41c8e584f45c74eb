/** Columns of a chart row in the order of the export, which is the order in which a {@link RowSink} gets the fields. */
export const COLUMNS = ['title', 'rank', 'date', 'artist', 'url', 'region', 'chart', 'trend', 'streams'] as const;
/** A column of the export. */
export type Column = (typeof COLUMNS)[number];

/** Why a row is not taken; the reason in words is what `rejects.csv.gz` and the screen show. */
export const REJECT_REASONS = {
  'field-count': 'another number of fields than the header has',
  quoting: 'bad quoting: a quote that is not closed, or text after a closing quote',
  'not-utf8': 'not UTF-8',
  'too-long': 'longer than 65,536 bytes',
  'no-date': 'no date',
  date: 'date is no calendar date YYYY-MM-DD from 1970-01-01 to 2149-06-06',
  'no-rank': 'no rank',
  rank: 'rank is no whole number from 1 to 1000',
  'no-region': 'no region',
  chart: 'chart is neither top200 nor viral50',
  streams: 'streams is no whole number from 0 to 4294967294',
} as const;
/** A key of {@link REJECT_REASONS}. */
export type RejectReason = keyof typeof REJECT_REASONS;

/** What holds for all rows of a file that does not say it itself, as Spotify's downloads do by their names. */
export interface RowDefaults {
  /** YYYY-MM-DD */
  readonly date?: string;
  /** Region as the export names it. */
  readonly region?: string;
  readonly chart?: string;
}

/** Takes rows one by one; made for millions of rows a second, hence bytes and offsets instead of strings and objects. */
export interface RowSink {
  /** Called before the first row of each file. */
  open(defaults: RowDefaults): void;
  /**
   * Takes a row: field i (a column of {@link COLUMNS}) is `bytes[starts[i], ends[i])`, unquoted and valid UTF-8;
   * `starts[i]` is -1 where the file has no such column, then the default of the file or null holds. Empty is null.
   * Returns why the row is rejected, or undefined when it is taken. The arrays are reused after the call.
   */
  accept(bytes: Uint8Array, starts: Int32Array, ends: Int32Array): RejectReason | undefined;
}
