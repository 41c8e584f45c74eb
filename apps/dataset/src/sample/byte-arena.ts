/** Text as UTF-8 in one growing array, so that a field of a row is a pair of offsets and costs no copy. */
export class ByteArena {
  private readonly encoder = new TextEncoder();
  private array: Uint8Array;
  private used = 0;

  constructor(initialBytes = 1 << 16) {
    this.array = new Uint8Array(initialBytes);
  }

  /** Appends the text; returns where it starts. It ends at {@link length}. */
  add(text: string): number {
    const start = this.reserve(text.length * 3);
    this.used = start + this.encoder.encodeInto(text, this.array.subarray(start)).written;
    return start;
  }

  /** Appends so many bytes of any value, to be overwritten later; returns where they start. */
  space(bytes: number): number {
    const start = this.reserve(bytes);
    this.used = start + bytes;
    return start;
  }

  /** Bytes in use. */
  get length(): number {
    return this.used;
  }

  /** The array itself; another one after the next {@link add}. */
  get bytes(): Uint8Array {
    return this.array;
  }

  private reserve(bytes: number): number {
    if (this.used + bytes > this.array.length) {
      const larger = new Uint8Array(Math.max(this.array.length * 2, this.used + bytes));
      larger.set(this.array.subarray(0, this.used));
      this.array = larger;
    }
    return this.used;
  }
}
