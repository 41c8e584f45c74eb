import { promisify } from 'node:util';
import { crc32, zstdCompress, zstdDecompress } from 'node:zlib';
import type { Codec } from '#libs/read-through';

/** An answer as the cache keeps it: bytes ready to send, and their forms in other codings once somebody asked for them. */
export interface CachedAnswer {
  readonly body: Buffer;
  readonly contentType: string;
  gzip?: Buffer;
  brotli?: Buffer;
}

/** Objects, headers and map entries that go with an answer, in bytes; generous rather than exact. */
const OVERHEAD_BYTES = 1024;

/** Bytes that an answer takes in memory. */
export function sizeOfAnswer({ body, gzip, brotli }: CachedAnswer, key: string): number {
  return OVERHEAD_BYTES + 2 * key.length + body.length + (gzip?.length ?? 0) + (brotli?.length ?? 0);
}

const MAGIC = 0x53;
const PLAIN = 0;
const ZSTD = 1;
const HEADER_BYTES = 8;
/** Below so many bytes packing saves the store little. */
const LEAST_PACKED_BYTES = 1024;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/**
 * An answer as a store holds it: a magic byte, how the body is packed, the length of the type, a spare byte, the crc32 of
 * everything but itself (32 bits, little-endian), the type, the body. Decoding throws on anything else. What it gives
 * shares no memory with the bytes.
 */
export const answerCodec: Codec<CachedAnswer> = {
  async encode({ body, contentType }) {
    const packed = body.length >= LEAST_PACKED_BYTES;
    const type = Buffer.from(contentType);
    const bytes = Buffer.concat([Buffer.alloc(HEADER_BYTES), type, packed ? await compress(body) : body]);
    bytes[0] = MAGIC;
    bytes[1] = packed ? ZSTD : PLAIN;
    bytes[2] = type.length;
    bytes.writeUInt32LE(checksum(bytes), 4);
    return bytes;
  },

  async decode(raw) {
    const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    if (bytes.length < HEADER_BYTES || bytes[0] !== MAGIC || bytes[1]! > ZSTD) throw new Error('no answer');
    if (bytes.readUInt32LE(4) !== checksum(bytes)) throw new Error('a damaged answer');
    const bodyStart = HEADER_BYTES + bytes[2]!;
    const body = bytes.subarray(bodyStart);
    return {
      contentType: bytes.toString('utf8', HEADER_BYTES, bodyStart),
      body: exactCopy(bytes[1] === ZSTD ? await decompress(body) : body),
    };
  },
};

function checksum(bytes: Buffer): number {
  return crc32(bytes.subarray(HEADER_BYTES), crc32(bytes.subarray(0, 4)));
}

/** A view keeps all the memory behind it: of a small answer, that of what came over the network with it or of a packer's buffer. */
function exactCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
