import { NO_TREND } from '#libs/catalog';
import type { EntryColumns } from './entry-columns.js';

/** Keeps differences that may be negative within 32 bits without a sign. */
const BIAS = 2 ** 31;
/** More entries than a chart can have by far; what says it has more is damaged. */
const MOST_ENTRIES = 2 ** 24;
const FIELDS = 7;
const FIELD_HEADER_BYTES = 5;
const HEADER_BYTES = 4 + FIELDS * FIELD_HEADER_BYTES;

/**
 * Entries as one row of the serving file holds them. Little-endian: the number of entries (32 bits); for each of seven
 * fields its width in bytes (8 bits, 0 to 4) and its smallest value (32 bits); then field by field the values less the
 * smallest, `width` bytes each. The fields are track, streams + 1 (0 for none), rank less the position in the row, rank
 * by region less rank, day, region, and trend + 1 (0 for none) times two plus chart. What is equal or regular in a row,
 * as ranks mostly are, takes no bytes, and any part of a row can be read without the rest of it.
 */
export function encodeEntries(entries: EntryColumns, start: number, end: number): Buffer {
  const count = end - start;
  fillFields(entries, start, count);
  let size = HEADER_BYTES;
  for (let field = 0; field < FIELDS; field++) {
    findBounds(field, count);
    size += widthOf(mosts[field]! - leasts[field]!) * count;
  }
  const bytes = Buffer.allocUnsafe(size);
  put32(bytes, 0, count);
  let at = HEADER_BYTES;
  for (let field = 0; field < FIELDS; field++) {
    const header = 4 + field * FIELD_HEADER_BYTES;
    const width = widthOf(mosts[field]! - leasts[field]!);
    bytes[header] = width;
    put32(bytes, header + 1, leasts[field]!);
    pack(columns[field]!, count, leasts[field]!, width, bytes, at);
    at += width * count;
  }
  return bytes;
}

/**
 * Appends the entries `[from, to)` of an encoded row, all by default. Throws RangeError when the bytes are too few or too
 * many for what their beginning says.
 */
export function decodeEntries(bytes: Uint8Array, into: EntryColumns, from = 0, to = Infinity): void {
  const count = countEntries(bytes);
  const end = Math.min(to, count);
  const length = end - from;
  let at = HEADER_BYTES;
  const field = (index: number) => {
    const header = 4 + index * FIELD_HEADER_BYTES;
    const width = bytes[header]!;
    const place = { at: at + from * width, width, least: read32(bytes, header + 1), length };
    at += count * width;
    return place;
  };
  const fields = [0, 1, 2, 3, 4, 5, 6].map(field) as unknown as SevenFields;
  if (count > MOST_ENTRIES || bytes.length !== at || fields.some(({ width }) => width > 4)) {
    throw new RangeError(`a row of ${count} entries has ${bytes.length} bytes instead of ${at}`);
  }
  if (length <= 0) return;
  const first = into.length;
  into.reserve(first + length);
  into.length = first + length;
  fromFields(bytes, fields, into, first, from);
}

/**
 * The first entries of an encoded row as a row of their own, or the row itself when it has no more. Its numbers keep the
 * widths that they have in the whole row, so that nothing is decoded. Throws RangeError when the bytes are too few for
 * what their beginning says.
 */
export function firstEntries(bytes: Uint8Array, most: number): Uint8Array {
  const count = countEntries(bytes);
  if (count <= most) return bytes;
  let widths = 0;
  for (let field = 0; field < FIELDS; field++) widths += bytes[4 + field * FIELD_HEADER_BYTES]!;
  if (bytes.length < HEADER_BYTES + widths * count) throw new RangeError(`a row of ${count} entries is cut short`);
  const first = Buffer.allocUnsafe(HEADER_BYTES + widths * most);
  first.set(bytes.subarray(0, HEADER_BYTES));
  put32(first, 0, most);
  let [from, at] = [HEADER_BYTES, HEADER_BYTES];
  for (let field = 0; field < FIELDS; field++) {
    const width = bytes[4 + field * FIELD_HEADER_BYTES]!;
    first.set(bytes.subarray(from, from + width * most), at);
    from += width * count;
    at += width * most;
  }
  return first;
}

/** Entries in an encoded row, as its beginning says; 0 where it has none. */
export function countEntries(bytes: Uint8Array): number {
  return bytes.length < HEADER_BYTES ? 0 : read32(bytes, 0);
}

interface FieldPlace {
  readonly at: number;
  readonly width: number;
  readonly least: number;
  readonly length: number;
}

type SevenFields = readonly [FieldPlace, FieldPlace, FieldPlace, FieldPlace, FieldPlace, FieldPlace, FieldPlace];

// Rows are encoded one after the other, so what is needed on the way is kept: nothing is allocated but the bytes.
let columns: readonly Uint32Array[] = Array.from({ length: FIELDS }, () => new Uint32Array(256));
const leasts = new Uint32Array(FIELDS);
const mosts = new Uint32Array(FIELDS);

function fillFields(entries: EntryColumns, start: number, count: number): void {
  const { trackIds, streams, ranks, ranksByRegion, days, regionIds, trendIds, chartIds } = entries;
  if (columns[0]!.length < count) columns = columns.map(() => new Uint32Array(count * 2));
  const [track, stream, rank, byRegion, day, region, trend] = columns as unknown as SevenColumns;
  for (let i = 0, from = start; i < count; i++, from++) {
    track[i] = trackIds[from]!;
    // NO_STREAMS is the largest value, so it becomes 0.
    stream[i] = streams[from]! + 1;
    rank[i] = ranks[from]! - i + BIAS;
    byRegion[i] = ranksByRegion[from]! - ranks[from]! + BIAS;
    day[i] = days[from]!;
    region[i] = regionIds[from]!;
    trend[i] = ((trendIds[from]! + 1) & NO_TREND) * 2 + chartIds[from]!;
  }
}

type SevenColumns = readonly [
  ...[Uint32Array, Uint32Array, Uint32Array, Uint32Array],
  ...[Uint32Array, Uint32Array, Uint32Array],
];

function findBounds(field: number, count: number): void {
  const values = columns[field]!;
  let least = count === 0 ? 0 : values[0]!;
  let most = least;
  for (let i = 1; i < count; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    else if (value > most) most = value;
  }
  leasts[field] = least;
  mosts[field] = most;
}

function pack(
  values: Uint32Array,
  count: number,
  least: number,
  width: number,
  bytes: Uint8Array,
  start: number,
): void {
  let at = start;
  if (width === 1) for (let i = 0; i < count; i++) bytes[at++] = values[i]! - least;
  else if (width === 2) {
    for (let i = 0; i < count; i++, at += 2) {
      const value = values[i]! - least;
      bytes[at] = value;
      bytes[at + 1] = value >>> 8;
    }
  } else if (width === 3) {
    for (let i = 0; i < count; i++, at += 3) {
      const value = values[i]! - least;
      bytes[at] = value;
      bytes[at + 1] = value >>> 8;
      bytes[at + 2] = value >>> 16;
    }
  } else if (width === 4) for (let i = 0; i < count; i++, at += 4) put32(bytes, at, values[i]! - least);
}

function put32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

function fromFields(bytes: Uint8Array, fields: SevenFields, into: EntryColumns, first: number, from: number): void {
  const [track, streams, rank, byRegion, day, region, trend] = fields;
  const { length } = track;
  unpack(bytes, track, into.trackIds, first);
  unpack(bytes, streams, into.streams, first);
  unpack(bytes, day, into.days, first);
  unpack(bytes, region, into.regionIds, first);
  // Modulo 2^16 the bias vanishes, and so it does not matter that these columns are narrower than it.
  unpack(bytes, rank, into.ranks, first);
  unpack(bytes, byRegion, into.ranksByRegion, first);
  // Chart and trend share a field, which the column of charts is wide enough for until it is taken apart.
  unpack(bytes, trend, into.chartIds, first);
  const trends = into.chartIds;
  for (let i = 0, at = first; i < length; i++, at++) {
    into.streams[at] = into.streams[at]! - 1;
    into.ranks[at] = into.ranks[at]! + from + i;
    into.ranksByRegion[at] = into.ranksByRegion[at]! + into.ranks[at]!;
    into.trendIds[at] = ((trends[at]! >> 1) - 1) & NO_TREND;
    into.chartIds[at] = trends[at]! & 1;
  }
}

function unpack(
  bytes: Uint8Array,
  field: FieldPlace,
  into: Uint8Array | Uint16Array | Uint32Array,
  first: number,
): void {
  const { width, least, length } = field;
  let { at } = field;
  const end = first + length;
  if (width === 0) into.fill(least, first, end);
  else if (width === 1) for (let i = first; i < end; i++) into[i] = least + bytes[at++]!;
  else if (width === 2)
    for (let i = first; i < end; i++, at += 2) into[i] = least + (bytes[at]! | (bytes[at + 1]! << 8));
  else if (width === 3) {
    for (let i = first; i < end; i++, at += 3) {
      into[i] = least + (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16));
    }
  } else for (let i = first; i < end; i++, at += 4) into[i] = least + read32(bytes, at);
}

function widthOf(most: number): number {
  return most === 0 ? 0 : most < 2 ** 8 ? 1 : most < 2 ** 16 ? 2 : most < 2 ** 24 ? 3 : 4;
}

function read32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
