import type { JsonTexts } from './json-texts.js';

const LONGEST_NUMBER = 10;
/** Bytes up to which a loop is faster than a call of the runtime's copy. */
const SHORT = 48;

/**
 * Writes rows of JSON byte by byte from texts that are JSON already: no object, no string and no escaping a row. One
 * writer is used for one answer at a time; its buffer is kept for the next.
 */
export class JsonRows {
  private bytes = new Uint8Array(1 << 15);
  private length = 0;
  private rows = 0;

  /** Begins an array. */
  begin(): this {
    this.length = 0;
    this.rows = 0;
    this.bytes[this.length++] = 0x5b;
    return this;
  }

  /** Ends the row before, if there is one, and begins a row with the name of its first member, made by {@link firstMember}. */
  row(first: Uint8Array): this {
    if (this.rows++ > 0) {
      this.bytes[this.length++] = 0x7d;
      this.bytes[this.length++] = 0x2c;
    }
    return this.raw(first);
  }

  /** Copies JSON as it is. */
  raw(json: Uint8Array): this {
    return this.copy(json, 0, json.length);
  }

  /** Copies a text's JSON. */
  text(texts: JsonTexts, index: number): this {
    return this.copy(texts.bytes, texts.ends[index]!, texts.ends[index + 1]!);
  }

  /** Writes a whole number from 0 to 4294967295. */
  whole(value: number): this {
    this.reserve(LONGEST_NUMBER);
    let digits = 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
    for (let at = this.length + digits - 1, rest = value; at >= this.length; at--) {
      const next = Math.floor(rest / 10);
      this.bytes[at] = 0x30 + rest - next * 10;
      rest = next;
    }
    this.length += digits;
    return this;
  }

  /** Ends the last row and the array, and returns a copy of its bytes. */
  end(): Buffer {
    if (this.rows > 0) this.bytes[this.length++] = 0x7d;
    this.reserve(1);
    this.bytes[this.length++] = 0x5d;
    return Buffer.from(this.bytes.subarray(0, this.length));
  }

  private copy(from: Uint8Array, start: number, end: number): this {
    const count = end - start;
    this.reserve(count);
    const { bytes, length } = this;
    if (count <= SHORT) for (let i = 0; i < count; i++) bytes[length + i] = from[start + i]!;
    else bytes.set(from.subarray(start, end), length);
    this.length = length + count;
    return this;
  }

  private reserve(count: number): void {
    // Two more for the brace and the comma that follow without a check.
    if (this.length + count + 2 <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count + 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}

/** The name of an object's first member with its opening brace, as bytes for {@link JsonRows.row}. */
export function firstMember(name: string): Uint8Array {
  return Buffer.from(`{${JSON.stringify(name)}:`);
}

/** The name of a further member with its comma, as bytes for {@link JsonRows.raw}. */
export function member(name: string): Uint8Array {
  return Buffer.from(`,${JSON.stringify(name)}:`);
}

/** `null` as bytes. */
export const NULL = Buffer.from('null');
