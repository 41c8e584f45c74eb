import { Readable } from 'node:stream';
import { constants, createZstdDecompress, zstdCompressSync } from 'node:zlib';
import * as fc from 'fast-check';
import { splitZstdFrames } from './zstd-frames.js';

function frame(content: Buffer, checksum: boolean): Buffer {
  return zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: checksum ? 1 : 0 } });
}
function skippable(content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a57, 0);
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content]);
}
async function* cut(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function split(bytes: Buffer, size: number): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of splitZstdFrames(cut(bytes, size))) pieces.push(piece);
  return pieces;
}
async function unpack(bytes: Buffer, size: number): Promise<Buffer> {
  const pieces = await split(bytes, size);
  return Buffer.concat(await Readable.from(pieces).pipe(createZstdDecompress()).toArray());
}

const content = fc.oneof(
  fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
  fc.integer({ min: 0, max: 400_000 }).map((length) => Buffer.alloc(length, 'abc')),
  fc
    .integer({ min: 1, max: 300_000 })
    .map((length) => Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 2_654_435_761) >>> 13))),
);

describe('Zstandard frames', () => {
  it('are all unpacked, wherever the pieces are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(content, fc.boolean(), fc.boolean()), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 200_000 }),
        async (parts, size) => {
          const packed = parts.map(([bytes, checksum, skip]) => (skip ? skippable(bytes) : frame(bytes, checksum)));
          const bytes = Buffer.concat(packed);
          const expected = Buffer.concat(parts.flatMap(([plain, , skip]) => (skip ? [] : [plain])));
          expect((await unpack(bytes, Math.max(size, bytes.length >> 8))).equals(expected)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('must be whole', async () => {
    const bytes = Buffer.concat([frame(Buffer.from('first'), true), frame(Buffer.alloc(5000, 'second'), false)]);
    const accepted: number[] = [];
    const messages = new Set<string>();
    for (let length = 1; length < bytes.length; length++) {
      await split(bytes.subarray(0, length), 7).then(
        () => accepted.push(length),
        (error: unknown) => messages.add((error as Error).message),
      );
    }
    expect(accepted).toEqual([frame(Buffer.from('first'), true).length]);
    expect([...messages]).toEqual(['the Zstandard data ends too early']);
  });

  it.each<[what: string, tail: Buffer, message: string]>([
    ['other data', Buffer.from('more'), 'what follows a Zstandard frame is none'],
    ['an unknown block', Buffer.from('28b52ffd2000070000', 'hex'), 'unknown type'],
  ])('must not be followed by %s', async (_, tail, message) => {
    const bytes = Buffer.concat([frame(Buffer.from('first'), false), tail]);
    await expect(split(bytes, 5)).rejects.toThrow(message);
  });
});
