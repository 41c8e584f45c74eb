import { connect } from 'node:net';

/** One answer as it came over the wire. */
export interface Reply {
  readonly status: number;
  /** The status line and the headers. */
  readonly head: string;
  /** Headers by their lower-case names; values of one that came more than once are joined by a comma. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** All that a connection brought. */
export interface Conversation {
  readonly replies: readonly Reply[];
  /** Bytes that are no answer of HTTP/1.1. */
  readonly rest: Buffer;
  readonly closed: boolean;
  /** Neither answered nor closed in time. */
  readonly hung: boolean;
  /** Milliseconds until the first bytes came, or the end. */
  readonly answeredMs: number;
}

/** What is sent, and what it is to the server. */
export interface Sent {
  readonly bytes: Buffer;
  /** Whether it is all of a request, so that the server has no reason to wait for more. */
  readonly complete: boolean;
  /** Whether its answers have no bodies. */
  readonly head?: boolean;
  /** Whether the server is to close the connection; nothing else ends the wait then. */
  readonly closes?: boolean;
}

const HANG_MS = 5000;
/** Time in which a further answer would have come. */
const QUIET_MS = 60;
/** Time after which what is not all of a request is cut off by the client. */
const CUT_MS = 150;

/** Sends bytes on a connection of their own; resolves when the server has closed it, or has answered and says no more. */
export function converse(port: number, { bytes, complete, head = false, closes = false }: Sent): Promise<Conversation> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const began = performance.now();
    let answeredMs: number | undefined;
    let quiet: NodeJS.Timeout | undefined;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const end = (closed: boolean, hung: boolean) => {
      for (const timer of [quiet, hang, cut]) clearTimeout(timer);
      socket.destroy();
      answeredMs ??= performance.now() - began;
      resolve({ ...readReplies(Buffer.concat(chunks), head), closed, hung, answeredMs });
    };
    const hang = setTimeout(() => end(false, true), HANG_MS);
    const cut = complete ? undefined : setTimeout(() => chunks.length === 0 && socket.end(), CUT_MS);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      answeredMs ??= performance.now() - began;
      clearTimeout(quiet);
      if (closes) return;
      quiet = setTimeout(() => {
        if (readReplies(Buffer.concat(chunks), head).rest.length === 0) end(false, false);
      }, QUIET_MS);
    });
    // A reset is a way to close.
    socket.on('error', () => undefined);
    socket.on('end', () => end(true, false));
    socket.on('close', () => end(true, false));
    socket.write(bytes);
  });
}

const HEAD_END = '\r\n\r\n';

/** Takes apart what a server sent; `head` says that its answers have no bodies. */
export function readReplies(bytes: Buffer, head: boolean): Pick<Conversation, 'replies' | 'rest'> {
  const replies: Reply[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf(HEAD_END);
    const text = rest.subarray(0, Math.max(end, 0)).toString('latin1');
    const status = Number(/^HTTP\/1\.1 (\d{3})(?: |\r\n|$)/.exec(text)?.[1]);
    if (end < 0 || !status) return { replies, rest };
    const headers = readHeaders(text);
    const body = rest.subarray(end + HEAD_END.length);
    const bodiless = (head && !isRefusal(body)) || status < 200 || status === 204 || status === 304;
    const size = bodiless ? 0 : bodySize(headers, body);
    if (size === undefined || size > body.length) return { replies, rest };
    // An interim answer is none to a question.
    if (status >= 200) replies.push({ status, head: text, headers, body: body.subarray(0, size) });
    rest = body.subarray(size);
  }
}

/** What was not understood was not seen to be a HEAD either. */
function isRefusal(body: Buffer): boolean {
  return /^\{"type":"\/problems\/(malformed-request|headers-too-large)"/.test(body.toString('latin1'));
}

function readHeaders(head: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value);
  }
  return headers;
}

function bodySize(headers: ReadonlyMap<string, string>, body: Buffer): number | undefined {
  const length = headers.get('content-length');
  if (length !== undefined) return Number(length);
  if (headers.get('transfer-encoding') !== 'chunked') return body.length;
  const end = body.indexOf('0\r\n\r\n');
  return end < 0 ? undefined : end + 5;
}
