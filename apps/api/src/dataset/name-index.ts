import { grow } from '#libs/serving';

const ASCII = 0x7f;

/** Finds names that are sorted by their UTF-8 bytes, without an object a name. */
export class NameIndex {
  private bytes = Buffer.allocUnsafe(1 << 12);
  private ends = new Uint32Array(1 << 8);
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** Appends a name. Throws when it does not come after the one before: look-ups would miss. */
  push(name: string): void {
    this.pushUtf8(Buffer.from(name));
  }

  /** Appends a name given as UTF-8. Throws as {@link push} does. */
  pushUtf8(encoded: Uint8Array): void {
    const start = this.ends[this.count]!;
    if (this.count > 0 && this.compare(this.count - 1, encoded) <= 0) {
      throw new Error(`"${Buffer.from(encoded).toString()}" is not in order`);
    }
    if (start + encoded.length > this.bytes.length) {
      this.bytes = Buffer.concat([this.bytes], Math.max(this.bytes.length * 2, start + encoded.length));
    }
    if (this.count + 2 > this.ends.length) this.ends = grow(this.ends);
    this.bytes.set(encoded, start);
    this.ends[++this.count] = start + encoded.length;
  }

  /** Position of a name among the names, or undefined. */
  find(name: string): number | undefined {
    // A character of ASCII is its byte: most names are found without being encoded.
    const wanted = isAscii(name) ? undefined : Buffer.from(name);
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = wanted ? this.compare(middle, wanted) : this.compareAscii(middle, name);
      if (order === 0) return middle;
      if (order > 0) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  /** Frees what was reserved for growing. */
  seal(): this {
    this.bytes = Buffer.from(this.bytes.subarray(0, this.ends[this.count]));
    this.ends = this.ends.slice(0, this.count + 1);
    return this;
  }

  /** As {@link compare}, of a name of which each character is a byte. */
  private compareAscii(index: number, wanted: string): number {
    const start = this.ends[index]!;
    const length = this.ends[index + 1]! - start;
    const both = Math.min(length, wanted.length);
    for (let i = 0; i < both; i++) {
      const order = wanted.charCodeAt(i) - this.bytes[start + i]!;
      if (order !== 0) return order;
    }
    return wanted.length - length;
  }

  /** Positive when the wanted name comes after the one at the index. */
  private compare(index: number, wanted: Uint8Array): number {
    return -this.bytes.compare(wanted, 0, wanted.length, this.ends[index], this.ends[index + 1]);
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > ASCII) return false;
  return true;
}
