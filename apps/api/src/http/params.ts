import { z } from 'zod';
import { CHARTS, isCalendarDate } from '#libs/catalog';
import type { ParameterFault } from './problem.js';

/** A query string taken apart, nothing repaired and nothing lost: every value of every name, and what could not be read. */
export interface QueryParameters {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly faults: readonly ParameterFault[];
}

const NO_PARAMETERS: QueryParameters = { values: new Map(), faults: [] };
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the part of a URL after the question mark; "+" and "%20" are spaces. Takes the place of Fastify's own reader,
 * which keeps escapes that are wrong as they are and decodes leniently.
 */
export function readQuery(query: string): QueryParameters {
  if (query === '') return NO_PARAMETERS;
  const values = new Map<string, string[]>();
  const faults: ParameterFault[] = [];
  for (const piece of query.split('&')) {
    if (piece === '') continue;
    const { rawName, rawValue, name, value } = readPiece(piece);
    if (name === undefined || value === undefined) {
      const [parameter, text] = name === undefined ? [rawName, rawName] : [name, rawValue];
      faults.push({
        parameter: quotable(parameter),
        message: `must be percent-encoded UTF-8, each % followed by two hexadecimal digits, got ${quote(text)}`,
      });
    } else {
      const before = values.get(name);
      if (before) before.push(value);
      else values.set(name, [value]);
    }
  }
  return { values, faults };
}

/** One parameter of a query string as it stands there, and decoded: undefined what is no percent-encoded UTF-8. */
export function readPiece(piece: string) {
  const equals = piece.indexOf('=');
  const rawName = equals < 0 ? piece : piece.slice(0, equals);
  const rawValue = equals < 0 ? '' : piece.slice(equals + 1);
  return { rawName, rawValue, name: decode(rawName), value: decode(rawValue) };
}

const PLAIN = /^[\x20-\x24\x26-\x2a\x2c-\x7e]*$/;

function decode(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  const bytes = Buffer.allocUnsafe(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    let byte = text.charCodeAt(at);
    if (byte === 0x2b) byte = 0x20;
    else if (byte === 0x25) {
      const digits = text.slice(at + 1, at + 3);
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) return undefined;
      byte = Number.parseInt(digits, 16);
      at += 2;
    } else if (byte > 0x7f) return undefined;
    bytes[length++] = byte;
  }
  try {
    return utf8.decode(bytes.subarray(0, length));
  } catch {
    return undefined;
  }
}

const MAX_QUOTED_CHARACTERS = 100;

/** A client's input as it may be repeated in a message: a JSON string of at most 100 characters. */
export function quote(input: unknown): string {
  return JSON.stringify(quotable(String(input)));
}

/** A client's input cut to 100 characters. */
export function quotable(text: string): string {
  return text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}…` : text;
}

/** A parameter that is any text but the empty one; what says what it is, for the message when it is missing. */
export function text(what: string) {
  return z
    .string({ error: `is required: ${what}` })
    .min(1, `must not be empty: ${what}`)
    .meta({ minLength: 1 });
}

/** A parameter that is a whole number in plain digits from least to most. */
export function wholeNumber(least: number, most: number, fallback: number) {
  const error = ({ input }: { readonly input?: unknown }) =>
    `must be a whole number from ${least} to ${most}, got ${quote(input)}`;
  return z
    .preprocess(
      (input) => (typeof input === 'string' && /^(0|[1-9]\d{0,14})$/.test(input) ? Number(input) : input),
      z.int({ error }).min(least, { error }).max(most, { error }),
    )
    .default(fallback);
}

/** A parameter that is a calendar date YYYY-MM-DD, in the data or not, or `latest` for the last day of the dataset. */
export function date() {
  const right = 'a calendar date YYYY-MM-DD, or "latest"';
  return z
    .string({ error: `is required: ${right}` })
    .refine((input) => input === 'latest' || isCalendarDate(input), {
      error: ({ input }) => `must be ${right}, got ${quote(input)}`,
    })
    .meta({ anyOf: [{ const: 'latest' }, { format: 'date' }] });
}

/** A parameter that names a chart. */
export function chart() {
  return z.enum(CHARTS, { error: ({ input }) => `must be ${CHARTS.map(quote).join(' or ')}, got ${quote(input)}` });
}
