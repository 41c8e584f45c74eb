import { grow } from '#libs/serving';

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
    if (this.length + 2 > this.ends.length) this.ends = grow(this.ends);
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
