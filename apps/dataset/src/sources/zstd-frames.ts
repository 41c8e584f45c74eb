const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

/** Compressed data that is damaged, or that ends too early. */
export class CompressedDataError extends Error {
  override readonly name = 'CompressedDataError';

  constructor(
    message: string,
    readonly truncated: boolean,
  ) {
    super(message);
  }
}

type Part = 'magic' | 'skippable-size' | 'descriptor' | 'block-header';

/**
 * Hands on Zstandard data (RFC 8878) in pieces none of which reaches over the end of a frame: a decompressor of Node
 * drops the frames that follow in the piece in which one ends. Throws {@link CompressedDataError} when the data ends
 * within a frame or what follows a frame is none, which not every version of Node notices.
 */
export async function* splitZstdFrames(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const frames = new FrameWalk();
  for await (const piece of pieces) {
    let at = 0;
    while (at < piece.length) {
      const end = frames.walk(piece, at);
      yield piece.subarray(at, end);
      at = end;
    }
  }
  if (!frames.atFrameEnd) throw new CompressedDataError('the Zstandard data ends too early', true);
}

class FrameWalk {
  private readonly field = Buffer.alloc(4);
  private part: Part = 'magic';
  /** Bytes of the part's field that are needed, and that are there. */
  private needed = 4;
  private filled = 0;
  /** Bytes to pass before the part begins. */
  private body = 0;
  private checksumBytes = 0;
  private lastBlock = false;

  get atFrameEnd(): boolean {
    return this.part === 'magic' && this.body === 0 && this.filled === 0;
  }

  /** Walks on from `at`; returns where a frame ends in the piece, or its length. */
  walk(piece: Buffer, at: number): number {
    let offset = at;
    while (offset < piece.length) {
      if (this.body > 0) {
        const passed = Math.min(this.body, piece.length - offset);
        this.body -= passed;
        offset += passed;
      } else {
        this.field[this.filled++] = piece[offset++] ?? 0;
        if (this.filled === this.needed) this.readPart();
      }
      if (this.body === 0 && this.lastBlock) {
        this.lastBlock = false;
        this.expect('magic', 4, 0);
        return offset;
      }
    }
    return offset;
  }

  private readPart(): void {
    const value = this.field.readUIntLE(0, this.needed);
    if (this.part === 'magic') this.readMagic(value);
    else if (this.part === 'skippable-size') {
      this.expect('magic', 4, value);
      this.lastBlock = true;
    } else if (this.part === 'descriptor') {
      this.checksumBytes = (value & 4) === 0 ? 0 : 4;
      this.expect('block-header', 3, headerBytes(value));
    } else this.readBlockHeader(value);
  }

  private readMagic(value: number): void {
    if (value === FRAME_MAGIC) this.expect('descriptor', 1, 0);
    else if ((value & 0xfffffff0) === SKIPPABLE_MAGIC) this.expect('skippable-size', 4, 0);
    else throw new CompressedDataError('what follows a Zstandard frame is none', false);
  }

  private readBlockHeader(value: number): void {
    const type = (value >> 1) & 3;
    if (type === 3) throw new CompressedDataError('the Zstandard data has a block of an unknown type', false);
    // A block of type 1 holds one byte that is repeated so often as its size says.
    const size = type === 1 ? 1 : value >> 3;
    this.lastBlock = (value & 1) === 1;
    this.expect('block-header', 3, size + (this.lastBlock ? this.checksumBytes : 0));
  }

  private expect(part: Part, needed: number, body: number): void {
    this.part = part;
    this.needed = needed;
    this.filled = 0;
    this.body = body;
  }
}

/** Bytes of a frame's header that follow its descriptor: window, dictionary id, content size. */
function headerBytes(descriptor: number): number {
  const single = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const contentSize = sizeFlag === 0 ? (single ? 1 : 0) : 1 << sizeFlag;
  return (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0) + contentSize;
}
