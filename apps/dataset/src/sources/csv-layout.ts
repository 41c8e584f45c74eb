import { UsageError } from '../reporting.js';
import { COLUMNS, type Column } from '../rows.js';
import { CR, CsvRecord, LF, unescape } from './csv-record.js';
import type { CsvColumns } from './csv-scanner.js';
import type { Period } from './spotify-name.js';

/** How much of a file's beginning {@link findLayout} needs at most, in bytes. */
export const HEAD_BYTES = 65_536;

/** The kinds of CSV that are read: the export, and Spotify's own downloads before and since 2021. */
export type Layout = 'export' | 'spotify-old' | 'spotify-new';

/** What a CSV file's header says. */
export interface CsvLayout {
  readonly layout: Layout;
  readonly columns: CsvColumns;
  /** Columns that nobody knows, as the header spells them. */
  readonly ignored: readonly string[];
  /** The period that the header gives away. */
  readonly period?: Period;
}

interface Names {
  /** Column of the export by the layout's name for it. */
  readonly taken: ReadonlyMap<string, Column>;
  /** Names that are known and not needed. */
  readonly known: readonly string[];
}

const LAYOUTS: Readonly<Record<Layout, Names>> = {
  export: { taken: new Map(COLUMNS.map((column) => [column, column])), known: [] },
  'spotify-old': {
    taken: new Map<string, Column>([
      ['position', 'rank'],
      ['track name', 'title'],
      ['artist', 'artist'],
      ['streams', 'streams'],
      ['url', 'url'],
    ]),
    known: [],
  },
  'spotify-new': {
    taken: new Map<string, Column>([
      ['rank', 'rank'],
      ['uri', 'url'],
      ['artist_names', 'artist'],
      ['track_name', 'title'],
      ['streams', 'streams'],
    ]),
    known: ['source', 'peak_rank', 'previous_rank', 'days_on_chart', 'weeks_on_chart'],
  },
};

/** Most columns that a header may have. */
const MAX_COLUMNS = 4096;

/**
 * Finds the layout by the header in the first bytes of a file (up to {@link HEAD_BYTES}; `whole` when that is all of it).
 * `viral` allows Spotify's downloads to have no streams. Throws {@link UsageError} that names the file and the columns
 * that are missing or doubled.
 */
export function findLayout(path: string, head: Uint8Array, whole: boolean, viral: boolean): CsvLayout {
  const reader = new HeaderReader(path, head, whole);
  let names = reader.next();
  let layout = layoutOf(names);
  if (layout === 'export' && isNote(names)) {
    names = reader.next();
    layout = layoutOf(names);
  }
  const slots = slotsOf(path, layout, names, viral);
  const { taken, known } = LAYOUTS[layout];
  return {
    layout,
    columns: { slots, headerBytes: reader.bytes, headerLines: reader.lines },
    ignored: names.filter((name) => !taken.has(folded(name)) && !known.includes(folded(name))),
    ...(layout === 'spotify-new' ? periodOf(names) : {}),
  };
}

/**
 * For each name of a header the index in {@link COLUMNS} of what it holds, or -1. Names are compared trimmed and in any
 * case. Throws {@link UsageError} that names the file and the columns that are missing or doubled.
 */
export function slotsOf(path: string, layout: Layout, names: readonly string[], viral: boolean): number[] {
  const { taken } = LAYOUTS[layout];
  const present = names.map(folded);
  const doubled = present.filter((name, index) => name !== '' && present.indexOf(name) !== index);
  if (doubled.length > 0) {
    throw new UsageError(
      `${path} has the column ${listed(new Set(doubled))} more than once: give each column a name of its own.`,
    );
  }
  const optional = layout !== 'export' && viral ? ['streams'] : [];
  const missing = [...taken.keys()].filter((name) => !present.includes(name) && !optional.includes(name));
  if (missing.length > 0) {
    throw new UsageError(
      `${path} has no column ${listed(missing)}: its header must name ${[...taken.keys()].join(',')}, separated by commas, in any order; it reads ${JSON.stringify(names.join(',').slice(0, 200))}.`,
    );
  }
  return present.map((name) => {
    const column = taken.get(name);
    return column === undefined ? -1 : COLUMNS.indexOf(column);
  });
}

function layoutOf(names: readonly string[]): Layout {
  const present = new Set(names.map(folded));
  if (present.has('uri') && present.has('track_name')) return 'spotify-new';
  return present.has('position') && present.has('track name') ? 'spotify-old' : 'export';
}

/** Old downloads of Spotify begin with a line that holds nothing but a note on the figures. */
function isNote(names: readonly string[]): boolean {
  const filled = names.filter((name) => name.trim() !== '');
  return filled.length === 1 && /^\s*note\b/i.test(filled[0] ?? '');
}

function periodOf(names: readonly string[]): { readonly period?: Period } {
  const present = names.map(folded);
  if (present.includes('weeks_on_chart')) return { period: 'weekly' };
  return present.includes('days_on_chart') ? { period: 'daily' } : {};
}

function folded(name: string): string {
  return name.trim().toLowerCase();
}

function listed(names: Iterable<string>): string {
  return [...names].map((name) => `"${name}"`).join(', ');
}

/** Reads the records before the rows as text. */
class HeaderReader {
  /** Bytes and physical lines read so far. */
  bytes: number;
  lines = 0;

  constructor(
    private readonly path: string,
    private readonly head: Uint8Array,
    private readonly whole: boolean,
  ) {
    const bom = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
    this.bytes = bom ? 3 : 0;
  }

  next(): string[] {
    this.passBlankLines();
    const { head } = this;
    if (this.bytes >= head.length && this.whole) throw new UsageError(`${this.path} is empty: it has no header.`);
    const record = new CsvRecord(MAX_COLUMNS);
    const end = record.read(head, this.bytes, head.length, this.whole);
    if (end < 0) {
      throw new UsageError(
        `${this.path} has no readable header within its first ${HEAD_BYTES.toLocaleString('en-US')} bytes: line ${this.lines + 1} must hold the names of the columns, separated by commas.`,
      );
    }
    this.bytes = Math.min(end + 1, head.length);
    this.lines += 1 + record.newlines;
    return texts(head, record);
  }

  private passBlankLines(): void {
    const { head } = this;
    for (;;) {
      const at = head[this.bytes] === CR ? this.bytes + 1 : this.bytes;
      if (head[at] !== LF) return;
      this.bytes = at + 1;
      this.lines++;
    }
  }
}

function texts(bytes: Uint8Array, record: CsvRecord): string[] {
  return Array.from({ length: record.fields }, (_, field) => {
    const start = record.starts[field] ?? 0;
    const end = record.ends[field] ?? 0;
    const text = new Uint8Array(end - start);
    if (record.doubled[field] !== 1) text.set(bytes.subarray(start, end));
    const length = record.doubled[field] === 1 ? unescape(bytes, start, end, text, 0) : text.length;
    return Buffer.from(text.buffer, 0, length).toString('utf8');
  });
}
