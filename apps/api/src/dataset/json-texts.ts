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

  /** Appends a text given as UTF-8 and returns its index. */
  pushUtf8(text: Uint8Array): number {
    return isPlain(text) ? this.pushPlain(text, true) : this.push(utf8(text));
  }

  /** Appends UTF-8 that is JSON as it is, with the quote behind it, and with the one before it where that is told. */
  pushPlain(text: Uint8Array, opened: boolean): number {
    let at = this.reserve(text.length + 2);
    if (opened) this.bytes[at++] = QUOTE;
    this.bytes.set(text, at);
    at += text.length;
    this.bytes[at++] = QUOTE;
    return this.end(at);
  }

  /** Appends what is JSON already. */
  pushJson(json: string): number {
    const start = this.reserve(json.length * 3);
    return this.end(start + this.bytes.write(json, start));
  }

  /** Makes room for so many bytes and tells where they go. */
  private reserve(length: number): number {
    const start = this.ends[this.length]!;
    const needed = start + length;
    if (needed > this.bytes.length) this.bytes = Buffer.concat([this.bytes], Math.max(needed, this.bytes.length * 2));
    return start;
  }

  private end(at: number): number {
    if (this.length + 2 > this.ends.length) {
      const ends = new Uint32Array(this.ends.length * 2);
      ends.set(this.ends);
      this.ends = ends;
    }
    this.ends[++this.length] = at;
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
const [SPACE, QUOTE, BACKSLASH] = [0x20, 0x22, 0x5c];

const TRACK_URL = '"https://open.spotify.com/track/';
/** The same without the quote. */
const TRACK = Buffer.from(TRACK_URL.slice(1));

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

  /** Appends a URL given as UTF-8. */
  pushUtf8(url: Uint8Array): void {
    const rest = url.subarray(TRACK.length);
    if (rest.length > 0 && startsWith(url, TRACK) && isPlain(rest)) this.texts.pushPlain(rest, false);
    else this.push(utf8(url));
  }

  /** Whether {@link beginning} belongs before the text. */
  isShortened(index: number): boolean {
    const { bytes, ends } = this.texts;
    return bytes[ends[index]!] !== QUOTE && bytes[ends[index + 1]! - 1] === QUOTE;
  }
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

/** Whether a text is its own JSON but for the quotes around it. */
function isPlain(text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) {
    const byte = text[i]!;
    if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) return false;
  }
  return true;
}

function startsWith(text: Uint8Array, beginning: Uint8Array): boolean {
  for (let i = 0; i < beginning.length; i++) if (text[i] !== beginning[i]) return false;
  return true;
}

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
      throw new Error(`"${utf8(encoded)}" is not in order`);
    }
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
  private compare(index: number, wanted: Uint8Array): number {
    return -this.bytes.compare(wanted, 0, wanted.length, this.ends[index], this.ends[index + 1]);
  }
}
