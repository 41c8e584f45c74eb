/** Bytes that mean something in CSV. */
export const LF = 10;
export const CR = 13;
export const QUOTE = 34;
export const COMMA = 44;

/** {@link CsvRecord.read}: the bytes ran out outside quotes. */
export const INCOMPLETE = -1;
/** {@link CsvRecord.read}: the bytes ran out within a quoted field. */
export const UNCLOSED = -2;
/** {@link CsvRecord.read}: text after a closing quote. */
export const BAD_QUOTING = -3;
/** {@link CsvRecord.read}: more fields than there is room for. */
export const TOO_MANY = -4;

/**
 * One CSV record (RFC 4180) with its quoting taken apart: field i is `bytes[starts[i], ends[i])`, its doubled quotes
 * still doubled. A quote within an unquoted field is literal, as most readers take it. Reused from record to record.
 */
export class CsvRecord {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** 1 for a field that holds doubled quotes and needs {@link unescape}. */
  readonly doubled: Uint8Array;
  fields = 0;
  /** Newlines within quoted fields. */
  newlines = 0;
  /** Whether some field is {@link doubled}. */
  anyDoubled = false;

  /** A record of up to so many fields. */
  constructor(private readonly maxFields: number) {
    this.starts = new Int32Array(maxFields);
    this.ends = new Int32Array(maxFields);
    this.doubled = new Uint8Array(maxFields);
  }

  /**
   * Reads the record that begins at `start`; `whole` says that nothing follows `end`, so the last line needs no newline.
   * Returns the offset of the newline that ends it (or `end`), or one of the negative codes of this file.
   */
  read(bytes: Uint8Array, start: number, end: number, whole: boolean): number {
    this.fields = 0;
    this.newlines = 0;
    this.anyDoubled = false;
    let at = start;
    for (;;) {
      if (this.fields === this.maxFields) return TOO_MANY;
      const after = at < end && bytes[at] === QUOTE ? this.quoted(bytes, at, end, whole) : this.plain(bytes, at, end);
      if (after < 0) return after;
      if (after === end) return whole ? end : INCOMPLETE;
      if (bytes[after] === LF) return after;
      at = after + 1;
    }
  }

  private plain(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && bytes[at] !== COMMA && bytes[at] !== LF) at++;
    const lineEnds = at === end || bytes[at] === LF;
    this.add(start, lineEnds && at > start && bytes[at - 1] === CR ? at - 1 : at, 0);
    return at;
  }

  /** Returns the offset of what ends the field: comma, newline or the end of the bytes. */
  private quoted(bytes: Uint8Array, start: number, end: number, whole: boolean): number {
    let at = start + 1;
    let doubled: 0 | 1 = 0;
    for (;;) {
      for (; at < end && bytes[at] !== QUOTE; at++) if (bytes[at] === LF) this.newlines++;
      if (at >= end) return UNCLOSED;
      if (at + 1 === end || bytes[at + 1] !== QUOTE) break;
      doubled = 1;
      at += 2;
    }
    this.add(start + 1, at, doubled);
    const after = at + 1;
    if (after === end || bytes[after] === COMMA || bytes[after] === LF) return after;
    if (bytes[after] !== CR) return BAD_QUOTING;
    if (after + 1 === end) return whole ? end : INCOMPLETE;
    return bytes[after + 1] === LF ? after + 1 : BAD_QUOTING;
  }

  private add(start: number, end: number, doubled: 0 | 1): void {
    this.starts[this.fields] = start;
    this.ends[this.fields] = end;
    this.doubled[this.fields++] = doubled;
    if (doubled === 1) this.anyDoubled = true;
  }
}

/**
 * Copies `source[start, end)` to `target` at `at` with doubled quotes made single; returns the end of the copy.
 * For fields that {@link CsvRecord} read from within quotes.
 */
export function unescape(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  let to = at;
  for (let from = start; from < end; from++) {
    const byte = source[from] as number;
    target[to++] = byte;
    if (byte === QUOTE) from++;
  }
  return to;
}
