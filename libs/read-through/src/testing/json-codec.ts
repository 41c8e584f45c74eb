import type { Codec } from '../store.js';

/** Texts as JSON: small, and refuses what was cut off. */
export const jsonCodec = {
  encode: (value: string) => Buffer.from(JSON.stringify(value)),
  decode(bytes: Uint8Array) {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    if (typeof value !== 'string') throw new Error('no text');
    return value;
  },
} satisfies Codec<string>;
