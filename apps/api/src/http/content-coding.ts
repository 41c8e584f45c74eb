import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Coding } from './etag.js';

/** Below so many bytes a coded answer hardly is shorter. */
export const LEAST_CODED_BYTES = 1024;

/** Kept per distinct header: clients send a handful of them. */
const MOST_REMEMBERED = 256;
const remembered = new Map<string, Coding>();

/** The coding to use for an Accept-Encoding header (RFC 9110, section 12.5.3): br before gzip unless the client prefers gzip. */
export function chooseCoding(header: string | undefined): Coding {
  if (header === undefined || header === '') return 'identity';
  let coding = remembered.get(header);
  if (coding === undefined) {
    coding = negotiate(header);
    if (remembered.size < MOST_REMEMBERED) remembered.set(header, coding);
  }
  return coding;
}

function negotiate(header: string): Coding {
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.slice(2));
    if (name !== '') weights.set(name === 'x-gzip' ? 'gzip' : name, Number.isNaN(weight) ? 0 : weight);
  }
  const weightOf = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  const identity = weights.get('identity') ?? 0;
  const [br, zip] = [weightOf('br'), weightOf('gzip')];
  if (br > 0 && br >= zip && br >= identity) return 'br';
  return zip > 0 && zip >= identity ? 'gzip' : 'identity';
}

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);
/** Made once per answer and kept, so better than the fastest; 5 is where brotli's gain begins to cost much more time. */
const GZIP_LEVEL = 6;
const BROTLI_QUALITY = 5;

/** The bytes in a coding, made by a thread of their own. */
export function encode(body: Buffer, coding: Exclude<Coding, 'identity'>): Promise<Buffer> {
  if (coding === 'gzip') return gzipAsync(body, { level: GZIP_LEVEL });
  return brotliAsync(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  });
}
