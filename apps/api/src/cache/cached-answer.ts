import { promisify } from 'node:util';
import { crc32, deflateRaw, deflateRawSync, inflateRaw, inflateRawSync } from 'node:zlib';
import type { Codec } from '#libs/read-through';

/** An answer as the cache keeps it: bytes ready to send, and their forms in other codings once somebody asked for them. */
export interface CachedAnswer {
  readonly body: Buffer;
  readonly contentType: string;
  gzip?: Buffer;
  brotli?: Buffer;
}

/** Types that an answer in a store has: no others are written, nor believed to whoever wrote them, such as a page with a script. */
export const STORED_TYPES: ReadonlySet<string> = new Set([
  'application/json; charset=utf-8',
  'application/x-ndjson; charset=utf-8',
  'text/csv; charset=utf-8; header=present',
  'application/vnd.apache.arrow.stream',
]);
const MAGIC = 0x53;
const PLAIN = 0;
const DEFLATED = 1;
const HEADER_BYTES = 12;
/**
 * Below so many bytes, which nearly all answers have, packing saves the store some kilobytes and costs a reader more time
 * than all else that it does for an answer.
 */
const LEAST_PACKED_BYTES = 16_384;
/** Up to so many bytes handing them to another thread costs more than packing them. */
const MOST_AT_ONCE_BYTES = 65_536;
const MAX_BODY_BYTES = 256 * 2 ** 20;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/**
 * An answer as a store holds it: a magic byte, how the body is packed, the length of the type, a spare byte, the crc32 of
 * the key and everything but itself, the length of the body before packing (both 32 bits, little-endian), the type, the
 * body. Decoding throws on anything else, such as the answer of another key. What it gives may be a view of the bytes.
 * A crc32 tells accidents, not forgers: whoever may write to the store is trusted with the bodies. Deflate at level 1, because of a few kilobytes
 * zstd spends more time on its tables: 6 us against 15 to unpack 6 KB, 13 against 19 to pack them, a quarter of the size.
 */
export const answerCodec: Codec<CachedAnswer> = {
  async encode({ body, contentType }, key) {
    if (!STORED_TYPES.has(contentType)) throw new Error(`no type of a stored answer: ${contentType}`);
    const packed = body.length >= LEAST_PACKED_BYTES;
    const type = Buffer.from(contentType);
    const bytes = Buffer.concat([Buffer.alloc(HEADER_BYTES), type, packed ? await pack(body) : body]);
    bytes[0] = MAGIC;
    bytes[1] = packed ? DEFLATED : PLAIN;
    bytes[2] = type.length;
    bytes.writeUInt32LE(body.length, 8);
    bytes.writeUInt32LE(checksum(bytes, key), 4);
    return bytes;
  },

  decode(raw, key) {
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    if (bytes.length < HEADER_BYTES || bytes[0] !== MAGIC || bytes[1]! > DEFLATED) throw new Error('no answer');
    if (bytes.readUInt32LE(4) !== checksum(bytes, key)) throw new Error('a damaged answer');
    const bodyStart = HEADER_BYTES + bytes[2]!;
    const contentType = bytes.toString('utf8', HEADER_BYTES, bodyStart);
    if (!STORED_TYPES.has(contentType)) throw new Error('an answer of another type');
    const stored = bytes.subarray(bodyStart);
    if (bytes[1] === PLAIN) return { contentType, body: stored };
    return unpack(stored, bytes.readUInt32LE(8), contentType);
  },
};

function pack(body: Buffer): Buffer | Promise<Buffer> {
  // One chunk for all that comes out: the default of 16 KB is allocated for the smallest body, too.
  const options = { level: 1, chunkSize: Math.max(1024, body.length >> 1) };
  return body.length > MOST_AT_ONCE_BYTES ? deflate(body, options) : deflateRawSync(body, options);
}

function unpack(stored: Buffer, length: number, contentType: string): CachedAnswer | Promise<CachedAnswer> {
  if (length > MAX_BODY_BYTES) throw new Error('an answer too large to be one');
  // One byte more than needed, or another chunk is allocated to see that nothing follows.
  const options = { chunkSize: Math.max(64, length + 1), maxOutputLength: length + 1 };
  const answer = (body: Buffer): CachedAnswer => {
    if (body.length !== length) throw new Error('an answer of another length');
    return { contentType, body };
  };
  if (length > MOST_AT_ONCE_BYTES) return inflate(stored, options).then(answer);
  return answer(inflateRawSync(stored, options));
}

function checksum(bytes: Buffer, key: string): number {
  return crc32(bytes.subarray(HEADER_BYTES - 4), crc32(bytes.subarray(0, 4), crc32(key)));
}
