/**
 * Texts as their JSON, ready to be copied into an answer: text i is `bytes[ends[i], ends[i + 1])`, quotes included,
 * `null` for a missing one. One buffer instead of as many strings: a dataset has hundreds of thousands of them.
 */
export class JsonTexts {
  bytes: Buffer = Buffer.allocUnsafe(1 << 12);
  /** `ends[i]` is where text i - 1 ends and text i begins. */
  ends = new Uint32Array(1 << 8);
  length = 0;

  /** Appends a text and returns its index. */
  push(text: string | null): number {
    return this.pushJson(JSON.stringify(text));
  }

  /** Appends what is JSON already. */
  pushJson(json: string): number {
    const start = this.ends[this.length]!;
    const needed = start + json.length * 3;
    if (needed > this.bytes.length) this.bytes = Buffer.concat([this.bytes], Math.max(needed, this.bytes.length * 2));
    const end = start + this.bytes.write(json, start);
    if (this.length + 2 > this.ends.length) {
      const ends = new Uint32Array(this.ends.length * 2);
      ends.set(this.ends);
      this.ends = ends;
    }
    this.ends[++this.length] = end;
    return this.length - 1;
  }

  /** The JSON of a text, as a view. */
  json(index: number): Uint8Array {
    return this.bytes.subarray(this.ends[index], this.ends[index + 1]);
  }

  /** A text as it was pushed. */
  get(index: number): string {
    return JSON.parse(this.bytes.toString('utf8', this.ends[index], this.ends[index + 1])) as string;
  }

  /** The JSON of all texts in brackets. */
  toArray(): Buffer {
    const parts: Buffer[] = [];
    for (let i = 0; i < this.length; i++) parts.push(this.bytes.subarray(this.ends[i], this.ends[i + 1]));
    return Buffer.concat([
      Buffer.from('['),
      ...parts.flatMap((part, i) => (i ? [COMMA, part] : [part])),
      Buffer.from(']'),
    ]);
  }

  /** Frees what was reserved for growing. */
  seal(): this {
    this.bytes = Buffer.from(this.bytes.subarray(0, this.ends[this.length]));
    this.ends = this.ends.slice(0, this.length + 1);
    return this;
  }
}

const COMMA = Buffer.from(',');

const TRACK_URL = '"https://open.spotify.com/track/';

/**
 * URLs as their JSON, without the beginning that nearly all have in common: a text that begins with a quote or is `null`
 * is whole, any other follows {@link JsonUrls.beginning}.
 */
export class JsonUrls {
  /** What a shortened URL begins with, the quote included. */
  static readonly beginning = Buffer.from(TRACK_URL);
  readonly texts = new JsonTexts();

  /** Appends a URL. */
  push(url: string | null): void {
    const json = JSON.stringify(url);
    this.texts.pushJson(
      json.startsWith(TRACK_URL) && json.length > TRACK_URL.length + 1 ? json.slice(TRACK_URL.length) : json,
    );
  }

  /** Whether {@link beginning} belongs before the text. */
  isShortened(index: number): boolean {
    const { bytes, ends } = this.texts;
    return bytes[ends[index]!] !== QUOTE && bytes[ends[index + 1]! - 1] === QUOTE;
  }
}

const QUOTE = 0x22;

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
    const start = this.ends[this.count]!;
    const encoded = Buffer.from(name);
    if (this.count > 0 && this.compare(this.count - 1, encoded) <= 0) throw new Error(`"${name}" is not in order`);
    if (start + encoded.length > this.bytes.length) {
      this.bytes = Buffer.concat([this.bytes], Math.max(this.bytes.length * 2, start + encoded.length));
    }
    if (this.count + 2 > this.ends.length) {
      const ends = new Uint32Array(this.ends.length * 2);
      ends.set(this.ends);
      this.ends = ends;
    }
    this.bytes.set(encoded, start);
    this.ends[++this.count] = start + encoded.length;
  }

  /** Position of a name among the names, or undefined. */
  find(name: string): number | undefined {
    const wanted = Buffer.from(name);
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = this.compare(middle, wanted);
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

  /** Positive when the wanted name comes after the one at the index. */
  private compare(index: number, wanted: Buffer): number {
    return wanted.compare(this.bytes, this.ends[index], this.ends[index + 1]);
  }
}
