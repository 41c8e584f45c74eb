import { ChunkedBody } from './chunked-body.js';

const MAX_HEAD_BYTES = 65_536;
const HEAD_END = '\r\n\r\n';

/** Bytes that are no answer that this reader knows: it wants HTTP/1.1 with a Content-Length or in chunks. */
export class ResponseError extends Error {
  override readonly name = 'ResponseError';
}

/** What becomes of an answer: its status, its head as text (status line and headers), and the bytes of its body. */
export type OnResponse = (status: number, head: string, bodyBytes: number) => void;

/**
 * Finds where the answers on a connection end, however the bytes are split into packets. Bodies are counted, not kept.
 * Knows answers without a body (304, 204, answers to HEAD) and chunked ones; refuses those that end with their connection.
 */
export class ResponseReader {
  private partial = '';
  private head = '';
  private status = 0;
  private bodyBytes = 0;
  private bodyLeft = 0;
  private chunks: ChunkedBody | undefined;

  constructor(
    private readonly onResponse: OnResponse,
    private readonly method: 'GET' | 'HEAD' = 'GET',
  ) {}

  /** Reads the first `length` bytes; they are not kept. Throws {@link ResponseError}. */
  read(bytes: Buffer, length = bytes.length): void {
    let at = 0;
    while (at < length) {
      if (this.chunks) {
        at = this.readChunks(this.chunks, bytes, at, length);
        continue;
      }
      if (this.bodyLeft === 0) at = this.readHead(bytes, at, length);
      const taken = Math.min(this.bodyLeft, length - at);
      this.bodyLeft -= taken;
      at += taken;
      if (this.bodyLeft === 0 && this.status !== 0 && !this.chunks) this.finish();
    }
  }

  private readChunks(chunks: ChunkedBody, bytes: Buffer, at: number, length: number): number {
    const position = chunks.read(bytes, at, length);
    if (chunks.done) {
      this.bodyBytes = chunks.bodyBytes;
      this.chunks = undefined;
      this.finish();
    }
    return position;
  }

  /** Position after the head, or the end of the bytes when the head goes on in the next ones. */
  private readHead(bytes: Buffer, at: number, length: number): number {
    const known = this.partial.length;
    if (known === 0) {
      // What lies beyond the length is left over from an earlier packet.
      const end = bytes.indexOf(HEAD_END, at, 'latin1');
      if (end >= 0 && end + 4 <= length) {
        this.beginBody(bytes.toString('latin1', at, end));
        return end + 4;
      }
    }
    this.partial += bytes.toString('latin1', at, length);
    const end = this.partial.indexOf(HEAD_END, Math.max(0, known - 3));
    if (end < 0) {
      if (this.partial.length > MAX_HEAD_BYTES)
        throw new ResponseError(`a head does not end within ${MAX_HEAD_BYTES} bytes`);
      return length;
    }
    const head = this.partial.slice(0, end);
    this.partial = '';
    this.beginBody(head);
    return at + end + 4 - known;
  }

  private beginBody(head: string): void {
    if (!head.startsWith('HTTP/1.1 '))
      throw new ResponseError(`an answer begins with ${JSON.stringify(head.slice(0, 20))}, not with HTTP/1.1`);
    const status = Number(head.slice(9, 12));
    // What is only announced, such as 100, is followed by the answer.
    if (status < 200) return;
    this.status = status;
    this.head = head;
    const empty = this.method === 'HEAD' || status === 304 || status === 204;
    const length = empty ? 0 : contentLength(head);
    if (length === undefined) this.chunks = new ChunkedBody();
    this.bodyBytes = this.bodyLeft = length ?? 0;
  }

  private finish(): void {
    const { status, head, bodyBytes } = this;
    this.status = 0;
    this.onResponse(status, head, bodyBytes);
  }
}

/** A header of a head, or undefined; the name in lower case. */
export function headerOf(head: string, name: string): string | undefined {
  const start = head.toLowerCase().indexOf(`\r\n${name}:`);
  if (start < 0) return undefined;
  const end = head.indexOf('\r\n', start + 2);
  return head.slice(start + name.length + 3, end < 0 ? undefined : end).trim();
}

/** Undefined when the body comes in chunks. */
function contentLength(head: string): number | undefined {
  // Looked for as most servers write it first: this is done for each answer.
  const usual = head.indexOf('\r\nContent-Length: ');
  const text = usual < 0 ? headerOf(head, 'content-length') : String(parseInt(head.slice(usual + 18, usual + 34), 10));
  if (text === undefined && /\bchunked$/i.test(headerOf(head, 'transfer-encoding') ?? '')) return undefined;
  if (text === undefined || !/^\d+$/.test(text))
    throw new ResponseError(`an answer without a Content-Length cannot be read: ${JSON.stringify(head.slice(0, 200))}`);
  return Number(text);
}
