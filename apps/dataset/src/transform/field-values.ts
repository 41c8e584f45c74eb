import { CHARTS, parseDay } from '#libs/catalog';
import { NO_STREAMS } from '#libs/serving';

const ZERO = 0x30;
const POINT = 0x2e;

/**
 * The whole number that `bytes[start, end)` writes in decimal digits, or -1 when it writes none or one above `max`.
 * A fraction of zeros is allowed (`6784.0`), as programs write that hold a column with gaps as floating point.
 */
export function parseWhole(bytes: Uint8Array, start: number, end: number, max: number): number {
  let value = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    if (value > max) return -1;
  }
  if (at === start) return -1;
  if (at === end) return value;
  if (bytes[at] !== POINT || at + 1 === end) return -1;
  for (at++; at < end; at++) if (bytes[at] !== ZERO) return -1;
  return value;
}

/** Streams of a row: {@link NO_STREAMS} for an empty field, -1 when it is no whole number from 0 to 4294967294. */
export function parseStreams(bytes: Uint8Array, start: number, end: number): number {
  return start === end ? NO_STREAMS : parseWhole(bytes, start, end, NO_STREAMS - 1);
}

const names = CHARTS.map((chart) => Buffer.from(chart));

/** Id of the chart that the bytes name, or -1. */
export function parseChart(bytes: Uint8Array, start: number, end: number): number {
  return names.findIndex((name) => equal(bytes, start, end, name));
}

/** Reads calendar dates, remembering the last one: rows of one day mostly follow each other. */
export class DayReader {
  private readonly last = new Uint8Array(10);
  private lastDay = -1;

  /** Days since 1970-01-01, or -1 when the bytes are no calendar date YYYY-MM-DD. */
  parse(bytes: Uint8Array, start: number, end: number): number {
    if (end - start !== 10) return -1;
    if (this.lastDay >= 0 && equal(bytes, start, end, this.last)) return this.lastDay;
    const day = parseDay(Buffer.from(bytes.subarray(start, end)).toString('latin1')) ?? -1;
    if (day >= 0) {
      this.last.set(bytes.subarray(start, end));
      this.lastDay = day;
    }
    return day;
  }
}

function equal(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  if (end - start !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (bytes[start + i] !== other[i]) return false;
  return true;
}
