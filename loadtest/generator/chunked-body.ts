const LINE_FEED = 10;
const MAX_LINE_BYTES = 8192;

/** The body of an answer with `Transfer-Encoding: chunked`: finds its end and counts its bytes, keeps nothing. */
export class ChunkedBody {
  private bytesOfChunks = 0;
  private ended = false;
  private inTrailer = false;
  private line = '';
  /** Of the chunk under way, with the line end behind it. */
  private left = 0;

  /** Bytes of the chunks read so far, without their framing. */
  get bodyBytes(): number {
    return this.bytesOfChunks;
  }

  get done(): boolean {
    return this.ended;
  }

  /** Reads from `at` up to `length` and tells how far it came: past the body's end, or to `length`. Throws a RangeError for bytes that are no chunks. */
  read(bytes: Buffer, at: number, length: number): number {
    let position = at;
    while (position < length && !this.ended) {
      if (this.left > 0) {
        const taken = Math.min(this.left, length - position);
        this.left -= taken;
        position += taken;
      } else position = this.readLine(bytes, position, length);
    }
    return position;
  }

  private readLine(bytes: Buffer, at: number, length: number): number {
    const found = bytes.indexOf(LINE_FEED, at);
    // What lies beyond the length is left over from an earlier packet.
    const end = found < 0 || found >= length ? length : found + 1;
    this.line += bytes.toString('latin1', at, end);
    if (this.line.length > MAX_LINE_BYTES) throw new RangeError(`a chunk's line exceeds ${MAX_LINE_BYTES} bytes`);
    if (this.line.endsWith('\n')) {
      const line = this.line.trimEnd();
      this.line = '';
      this.take(line);
    }
    return end;
  }

  private take(line: string): void {
    if (this.inTrailer) {
      this.ended = line === '';
      return;
    }
    const digits = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(line)?.[1];
    if (digits === undefined)
      throw new RangeError(`a chunk begins with ${JSON.stringify(line.slice(0, 20))}, not with its size`);
    const size = parseInt(digits, 16);
    this.bytesOfChunks += size;
    this.inTrailer = size === 0;
    if (size > 0) this.left = size + 2;
  }
}
