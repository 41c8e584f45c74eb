import { isUtf8 } from 'node:buffer';
import { COLUMNS, type RejectReason, type RowSink } from '../rows.js';
import { BAD_QUOTING, COMMA, CR, CsvRecord, LF, QUOTE, TOO_MANY, UNCLOSED, unescape } from './csv-record.js';

/** Longest record in bytes, without its line end. */
export const MAX_RECORD_BYTES = 65_536;
/** So many bytes without an end are too long, whatever follows: the record's limit and a CRLF. */
const LONGEST = MAX_RECORD_BYTES + 2;
/** {@link CsvScanner}: more bytes are needed before the record can be taken. */
const MORE = -1;
/** The line has a quoted field. */
const QUOTED = -2;
/** Where fields of columns go that nobody asked for. */
const IGNORED = COLUMNS.length;

/** Where a CSV file's columns go, and where its rows begin. */
export interface CsvColumns {
  /** For each column of the file its index in {@link COLUMNS}, or -1 when it is ignored. */
  readonly slots: readonly number[];
  /** Bytes of byte order mark, notes and header before the first row. */
  readonly headerBytes: number;
  /** Physical lines of those. */
  readonly headerLines: number;
}

/** Takes what is not taken as a row: `bytes[start, end)` is the line as it stands in the file, at most 64 KiB of it. */
export type RejectedRow = (line: number, reason: RejectReason, bytes: Uint8Array, start: number, end: number) => void;

/**
 * Splits the bytes of a CSV file into records and hands them to a sink. A record that is broken (quoting, number of
 * fields, length) costs only its first physical line: scanning goes on with the next, so a stray quote swallows nothing.
 * Blank lines are skipped. Lines count from 1. Neither strings nor objects are made per row.
 */
export class CsvScanner {
  /** Records handed over or rejected so far. */
  rows = 0;
  rejected = 0;
  /** Physical line at which the next record begins. */
  line: number;

  private work: Uint8Array = new Uint8Array(0);
  private filled = 0;
  private toSkip: number;
  /** Within a line that is rejected already, waiting for its end. */
  private skipping = false;
  /** Whether all whole lines at hand are UTF-8. */
  private utf8 = true;
  private readonly record: CsvRecord;
  private readonly fieldCount: number;
  private readonly slots: Int32Array;
  private readonly starts = new Int32Array(COLUMNS.length + 1).fill(-1);
  private readonly ends = new Int32Array(COLUMNS.length + 1).fill(-1);
  /** What the sink sees of those. */
  private readonly rowStarts = this.starts.subarray(0, COLUMNS.length);
  private readonly rowEnds = this.ends.subarray(0, COLUMNS.length);
  private plainFields = 0;
  private unescaped: Uint8Array = new Uint8Array(0);

  constructor(
    columns: CsvColumns,
    private readonly sink: RowSink,
    private readonly onReject: RejectedRow,
  ) {
    this.fieldCount = columns.slots.length;
    this.slots = Int32Array.from(columns.slots, (slot) => (slot < 0 ? IGNORED : slot));
    this.record = new CsvRecord(this.fieldCount);
    this.toSkip = columns.headerBytes;
    this.line = columns.headerLines + 1;
  }

  /** Takes the next bytes of the file, of any length; they may be overwritten after the call. */
  write(chunk: Uint8Array): void {
    const skip = Math.min(this.toSkip, chunk.length);
    this.toSkip -= skip;
    const length = chunk.length - skip;
    if (this.filled + length > this.work.length) {
      const larger = new Uint8Array(this.filled + length);
      larger.set(this.work.subarray(0, this.filled));
      this.work = larger;
    }
    this.work.set(skip === 0 ? chunk : chunk.subarray(skip), this.filled);
    this.filled += length;
    this.scan(false);
  }

  /** Takes the last record, if no newline ended it. */
  end(): void {
    this.scan(true);
  }

  private scan(whole: boolean): void {
    const { work, filled } = this;
    let at = this.skipping ? this.skipLine() : 0;
    const linesEnd = whole ? filled : work.subarray(0, filled).lastIndexOf(LF) + 1;
    this.utf8 = at >= linesEnd || isUtf8(work.subarray(at, linesEnd));
    while (at < filled) {
      const next = this.next(work, at, filled, whole);
      if (next === MORE) break;
      at = Math.min(next, filled);
    }
    if (at > 0) work.copyWithin(0, at, filled);
    this.filled = filled - at;
  }

  /** Takes the record at `start`; returns where the next begins, or {@link MORE}. */
  private next(bytes: Uint8Array, start: number, end: number, whole: boolean): number {
    const limit = Math.min(end, start + LONGEST);
    const lineEnd = this.splitPlain(bytes, start, limit);
    if (lineEnd === QUOTED) return this.nextQuoted(bytes, start, end, whole);
    if (lineEnd === limit) {
      if (limit - start === LONGEST) return this.rejectLine(bytes, start, end, whole, 'too-long');
      if (!whole) return MORE;
    }
    const contentEnd = withoutCr(bytes, start, lineEnd);
    if (contentEnd === start) {
      this.line++;
      return lineEnd + 1;
    }
    const fault = this.fault(contentEnd - start, this.plainFields);
    if (fault) return this.rejectLine(bytes, start, end, whole, fault);
    this.take(bytes, start, contentEnd, bytes);
    this.line++;
    return lineEnd + 1;
  }

  private nextQuoted(bytes: Uint8Array, start: number, end: number, whole: boolean): number {
    const { record } = this;
    const limit = Math.min(end, start + LONGEST);
    const lineEnd = record.read(bytes, start, limit, whole && limit === end);
    if (lineEnd === TOO_MANY) return this.rejectLine(bytes, start, end, whole, 'field-count');
    if (lineEnd === BAD_QUOTING) return this.rejectLine(bytes, start, end, whole, 'quoting');
    if (lineEnd < 0) {
      if (limit - start < LONGEST && !whole) return MORE;
      const newline = bytes.indexOf(LF, start);
      const unclosed = lineEnd === UNCLOSED && (limit - start < LONGEST || (newline >= 0 && newline < limit));
      return this.rejectLine(bytes, start, end, whole, unclosed ? 'quoting' : 'too-long');
    }
    const contentEnd = withoutCr(bytes, start, lineEnd);
    const fault = this.fault(contentEnd - start, record.fields);
    if (fault) return this.rejectLine(bytes, start, end, whole, fault);
    this.take(bytes, start, contentEnd, this.place(bytes, lineEnd - start));
    this.line += 1 + record.newlines;
    return lineEnd + 1;
  }

  /** Splits a line without quoted fields into the slots; returns its newline, `end` when it has none, or {@link QUOTED}. */
  private splitPlain(bytes: Uint8Array, start: number, end: number): number {
    const { starts, ends, slots, fieldCount } = this;
    let from = start;
    let field = 0;
    let at = start;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      // Nearly all bytes are above the comma, which is the greatest of the four that matter.
      if (byte > COMMA) continue;
      if (byte === COMMA) {
        if (field < fieldCount) {
          const slot = slots[field] as number;
          starts[slot] = from;
          ends[slot] = at;
        }
        field++;
        from = at + 1;
      } else if (byte === LF) break;
      else if (byte === QUOTE && at === from) return QUOTED;
    }
    if (field < fieldCount) {
      const slot = slots[field] as number;
      starts[slot] = from;
      ends[slot] = withoutCr(bytes, from, at);
    }
    this.plainFields = field + 1;
    return at;
  }

  /** Puts the fields of the quoted record into the slots, unescaped where needed; returns the bytes they lie in. */
  private place(bytes: Uint8Array, length: number): Uint8Array {
    const { record, slots, starts, ends } = this;
    if (record.anyDoubled && this.unescaped.length < length) this.unescaped = new Uint8Array(length * 2);
    let at = 0;
    for (let field = 0; field < record.fields; field++) {
      const slot = slots[field] as number;
      const from = record.starts[field] as number;
      const to = record.ends[field] as number;
      starts[slot] = record.anyDoubled ? at : from;
      if (record.doubled[field] === 1) at = unescape(bytes, from, to, this.unescaped, at);
      else if (record.anyDoubled) {
        this.unescaped.set(bytes.subarray(from, to), at);
        at += to - from;
      }
      ends[slot] = record.anyDoubled ? at : to;
    }
    return record.anyDoubled ? this.unescaped : bytes;
  }

  private fault(length: number, fields: number): RejectReason | undefined {
    if (length > MAX_RECORD_BYTES) return 'too-long';
    return fields === this.fieldCount ? undefined : 'field-count';
  }

  /** Hands over the record in `bytes[start, contentEnd)` whose fields lie in `row`. */
  private take(bytes: Uint8Array, start: number, contentEnd: number, row: Uint8Array): void {
    this.rows++;
    const valid = this.utf8 || isUtf8(bytes.subarray(start, contentEnd));
    const reason = valid ? this.sink.accept(row, this.rowStarts, this.rowEnds) : 'not-utf8';
    if (reason === undefined) return;
    this.rejected++;
    this.onReject(this.line, reason, bytes, start, contentEnd);
  }

  /** Rejects the physical line at `start`; returns where the next begins, or {@link MORE} when its end is not at hand. */
  private rejectLine(bytes: Uint8Array, start: number, end: number, whole: boolean, reason: RejectReason): number {
    const found = bytes.indexOf(LF, start);
    const newline = found >= 0 && found < end ? found : end;
    if (newline === end && !whole) {
      if (end - start < LONGEST) return MORE;
      this.skipping = true;
    }
    this.rows++;
    this.rejected++;
    const shownEnd = Math.min(withoutCr(bytes, start, newline), start + MAX_RECORD_BYTES);
    this.onReject(this.line, reason, bytes, start, shownEnd);
    this.line++;
    return Math.min(newline + 1, end);
  }

  /** Passes over the rest of a rejected line. */
  private skipLine(): number {
    const newline = this.work.indexOf(LF);
    this.skipping = newline < 0 || newline >= this.filled;
    return this.skipping ? this.filled : newline + 1;
  }
}

/** The end of a line's content: a carriage return before its newline belongs to the line end. */
function withoutCr(bytes: Uint8Array, start: number, lineEnd: number): number {
  return lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
}
