import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { UsageError } from '../reporting.js';
import { ThreadDigest } from './thread-digest.js';
import { CompressedDataError, splitZstdFrames } from './zstd-frames.js';

/** How a file's bytes are packed. */
export type Compression = 'none' | 'gzip' | 'zstd';

/** Most and fewest bytes that are read and unpacked at a time. */
const MAX_PIECE_BYTES = 1 << 20;
const MIN_PIECE_BYTES = 1 << 16;
/** Size from which a file is digested on a thread of its own, which takes some 30 ms to start. */
const THREAD_BYTES = 32 * 2 ** 20;

/** One pass over a file: its bytes as they are on disk are counted and digested while it is unpacked. */
export class FileBytes {
  /** Bytes read from disk so far. */
  bytesRead = 0;
  private readonly hash = createHash('sha256');
  private readonly pieceBytes: number;
  private hex: string | undefined;

  /** `expectedBytes` says how many will be wanted, so that little is allocated, and no thread started, for small files. */
  constructor(
    private readonly path: string,
    private readonly compression: Compression,
    private readonly expectedBytes: number,
  ) {
    this.pieceBytes = Math.min(MAX_PIECE_BYTES, Math.max(MIN_PIECE_BYTES, expectedBytes));
  }

  /** Hexadecimal sha256 of the bytes on disk; to be called when all are unpacked. */
  digest(): string {
    return (this.hex ??= this.hash.digest('hex'));
  }

  /** The unpacked bytes. Throws {@link UsageError} that names the file when it cannot be read or is damaged. */
  async *unpacked(): AsyncGenerator<Buffer> {
    try {
      if (this.compression !== 'none') yield* throughTransform(this.packed(), this.decompressor());
      else if (this.expectedBytes < THREAD_BYTES) yield* this.pieces();
      else yield* this.lent();
    } catch (cause) {
      throw this.explained(cause);
    }
  }

  private packed(): AsyncIterable<Buffer> {
    return this.compression === 'zstd' ? splitZstdFrames(this.pieces()) : this.pieces();
  }

  /** Pieces that nobody holds on to once the next is asked for: their memory goes to the digest's thread and comes back. */
  private async *lent(): AsyncGenerator<Buffer> {
    const digest = new ThreadDigest();
    try {
      for await (const piece of this.read((bytes) => digest.memory(bytes))) {
        yield piece;
        await digest.update(piece);
      }
      this.hex = await digest.digest();
    } finally {
      await digest.close();
    }
  }

  private async *pieces(): AsyncGenerator<Buffer> {
    for await (const piece of this.read((bytes) => Buffer.allocUnsafeSlow(bytes))) {
      this.hash.update(piece);
      yield piece;
    }
  }

  private async *read(memory: (bytes: number) => Buffer): AsyncGenerator<Buffer<ArrayBuffer>> {
    const file = await open(this.path);
    try {
      const read = () => file.read(memory(this.pieceBytes) as Buffer<ArrayBuffer>, 0, this.pieceBytes, null);
      // The next piece is read while the one before is worked on.
      let ahead = read();
      for (;;) {
        const { bytesRead, buffer } = await ahead;
        if (bytesRead === 0) return;
        ahead = read();
        // Awaited one turn later; without this a failure in between would count as unhandled.
        ahead.catch(() => undefined);
        const piece = buffer.subarray(0, bytesRead);
        this.bytesRead += bytesRead;
        yield piece;
      }
    } finally {
      await file.close();
    }
  }

  private decompressor(): Transform {
    if (this.compression === 'gzip') return zlib.createGunzip({ chunkSize: this.pieceBytes });
    if (typeof zlib.createZstdDecompress !== 'function') {
      throw new UsageError(`${this.path}: to read Zstandard files Node.js 22.15 or newer is needed.`);
    }
    return zlib.createZstdDecompress({ chunkSize: this.pieceBytes });
  }

  /** The error for the user, by the codes of Node's errors; others are passed on. */
  private explained(cause: unknown): unknown {
    const { code = '', syscall, message } = cause as NodeJS.ErrnoException;
    const bytes = this.bytesRead.toLocaleString('en-US');
    const again = 'Copy or download it again.';
    if (code === 'Z_BUF_ERROR' || (cause instanceof CompressedDataError && cause.truncated)) {
      const text = `${this.path} is truncated: its ${this.compression} data ends too early, after ${bytes} bytes. ${again}`;
      return new UsageError(text, { cause });
    }
    if (/^Z(STD)?_/.test(code) || cause instanceof CompressedDataError) {
      const text = `${this.path} is damaged: its ${this.compression} data is broken within the first ${bytes} bytes (${message}). ${again}`;
      return new UsageError(text, { cause });
    }
    return syscall === undefined ? cause : new UsageError(`${this.path} cannot be read: ${message}`, { cause });
  }
}

/** What a transform makes of the pieces; both are ended when the caller stops reading. */
async function* throughTransform(pieces: AsyncIterable<Buffer>, transform: Transform): AsyncGenerator<Buffer> {
  const source = Readable.from(pieces, { objectMode: false });
  source.on('error', (error) => transform.destroy(error));
  source.pipe(transform);
  try {
    for await (const piece of transform) yield piece as Buffer;
  } finally {
    source.destroy();
    transform.destroy();
  }
}
