import { readAccept, readMediaType, weightOf } from './accept.js';

/** A form in which a list can be answered. */
export interface FormatOf {
  /** Value of `Content-Type`. */
  readonly contentType: string;
  /** What it is, for the description of the parameter `format`. */
  readonly meaning: string;
}

/** Every form of a list; where a client wants several alike, the first of them is answered. */
export const FORMATS = {
  json: { contentType: 'application/json; charset=utf-8', meaning: 'JSON, as without the parameter' },
  ndjson: { contentType: 'application/x-ndjson; charset=utf-8', meaning: 'a JSON object a line' },
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    meaning: 'RFC 4180 with a header, null an empty field',
  },
  arrow: { contentType: 'application/vnd.apache.arrow.stream', meaning: 'an Apache Arrow IPC stream' },
} as const satisfies Record<string, FormatOf>;

/** A key of {@link FORMATS}. */
export type Format = keyof typeof FORMATS;

/** The keys of {@link FORMATS} in their order. */
export const FORMAT_NAMES = Object.keys(FORMATS) as [Format, ...Format[]];

/** A format's media type without parameters. */
export function mediaTypeOf(format: Format): string {
  const { type, subtype } = MEDIA_TYPES[format];
  return `${type}/${subtype}`;
}

const MEDIA_TYPES = {
  json: readMediaType(FORMATS.json.contentType),
  ndjson: readMediaType(FORMATS.ndjson.contentType),
  csv: readMediaType(FORMATS.csv.contentType),
  arrow: readMediaType(FORMATS.arrow.contentType),
};

/** Kept per distinct header: clients send a handful of them. */
const MOST_REMEMBERED = 256;
const MAX_REMEMBERED_CHARACTERS = 256;
const remembered = new Map<string, Format | undefined>();

/**
 * The format to answer in: that of the parameter `format` when it is given, otherwise the one that an Accept header wants
 * most (RFC 9110, section 12.5.1). JSON without a header, and when nothing in it can be read; undefined when the header
 * excludes all of them.
 */
export function chooseFormat(parameter: Format | undefined, accept: string | undefined): Format | undefined {
  if (parameter !== undefined) return parameter;
  if (accept === undefined || accept === '*/*') return 'json';
  if (remembered.has(accept)) return remembered.get(accept);
  const format = negotiate(accept);
  if (remembered.size < MOST_REMEMBERED && accept.length <= MAX_REMEMBERED_CHARACTERS) remembered.set(accept, format);
  return format;
}

function negotiate(accept: string): Format | undefined {
  const ranges = readAccept(accept);
  if (ranges.length === 0) return 'json';
  let chosen: Format | undefined;
  let most = 0;
  for (const format of FORMAT_NAMES) {
    const weight = weightOf(MEDIA_TYPES[format], ranges);
    if (weight <= most) continue;
    chosen = format;
    most = weight;
  }
  return chosen;
}
