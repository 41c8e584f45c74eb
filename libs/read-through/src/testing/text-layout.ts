import type { Layout } from '../byte-ring.js';

/** Texts as UTF-8. */
export const textLayout: Layout<string> = {
  sizeOf: (value) => Buffer.byteLength(value),
  write: (value, into, at) => void into.write(value, at),
  view: (bytes, start, end) => bytes.toString('utf8', start, end),
  copy: (value) => value,
};

/** Bytes that a {@link ByteRing} takes for a record, in all: 16 before key and value, and a multiple of 8. */
export function recordBytes(key: string, value: string): number {
  return Math.ceil((16 + Buffer.byteLength(key) + Buffer.byteLength(value)) / 8) * 8;
}
