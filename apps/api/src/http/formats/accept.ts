/** A media range of an Accept header, or the media type of an answer; all in lower case. */
export interface MediaRange {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** From 0, which excludes, to 1. */
  readonly weight: number;
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** More than RFC 9110 allows: clients send `.2`, as Java's own does, and `1.` as well. */
const WEIGHT = /^(?:\d+(?:\.\d*)?|\.\d+)$/;

/** The media ranges of an Accept header (RFC 9110, section 12.5.1). What cannot be read is left out, a `*` is all types. */
export function readAccept(header: string): MediaRange[] {
  return split(header, ',').flatMap((text) => readRange(text) ?? []);
}

/**
 * How much a client that sent these ranges wants a media type, from 0 to 1: the weight of the range that is the most
 * particular among those that cover it, 0 where none does.
 */
export function weightOf(offer: MediaRange, ranges: readonly MediaRange[]): number {
  let weight = 0;
  let most = -1;
  for (const range of ranges) {
    const found = precision(offer, range);
    // Where a range is given twice, the client wants it at least as much as it said once.
    if (found < 0 || found < most || (found === most && range.weight <= weight)) continue;
    most = found;
    weight = range.weight;
  }
  return weight;
}

/** The media type of a Content-Type header of the service. Throws when it is none. */
export function readMediaType(text: string): MediaRange {
  const range = readRange(text);
  if (!range || range.subtype === '*') throw new Error(`${text} is not a media type`);
  return range;
}

function precision(offer: MediaRange, { type, subtype, parameters }: MediaRange): number {
  if (type === '*') return 0;
  if (type !== offer.type) return -1;
  if (subtype === '*') return 1;
  if (subtype !== offer.subtype) return -1;
  for (const [name, value] of parameters) if (offer.parameters.get(name) !== value) return -1;
  return 2 + parameters.size;
}

function readRange(text: string): MediaRange | undefined {
  const [range = '', ...rest] = split(text.toLowerCase(), ';');
  const [type = '', subtype = '', ...more] = (range === '*' ? '*/*' : range).split('/');
  if (!TOKEN.test(type) || !TOKEN.test(subtype) || more.length > 0 || (type === '*' && subtype !== '*'))
    return undefined;
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const equals = parameter.indexOf('=');
    const name = parameter.slice(0, equals);
    const value = unquoted(parameter.slice(equals + 1));
    if (equals < 0 || !TOKEN.test(name)) return undefined;
    // What follows the weight are extensions, which nobody defined.
    if (name === 'q') return WEIGHT.test(value) ? { type, subtype, parameters, weight: weighed(value) } : undefined;
    parameters.set(name, value);
  }
  return { type, subtype, parameters, weight: 1 };
}

function weighed(text: string): number {
  return Math.min(1, Number(text));
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1') : text;
}

/** The parts between separators that do not stand in quotes, without the space around them; takes time as the length. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === '\\') at++;
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}
