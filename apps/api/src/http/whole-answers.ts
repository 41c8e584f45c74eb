import { ServerResponse, STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** Bytes of a head and a body that are sent in one piece. */
const MOST_BYTES = 65_536;
/** Pieces that may wait for slow clients at a time; each holds {@link MOST_BYTES}. */
const MOST_WAITING = 64;
const NOTHING = Buffer.alloc(0);

/** The two members of Node's responses, no part of its documented interface, that say that a head was written. */
const HEAD = '_header';
const HEAD_SENT = '_headerSent';

/** The method of Node's requests, no part of their documented interface either, that ends one which nobody will read. */
const END_UNREAD = '_dumpAndCloseReadable';

type Read = IncomingMessage & { [END_UNREAD]?: () => void };
type Written = ServerResponse & { [HEAD]: string | null; [HEAD_SENT]: boolean };

/** Whether the responses of this Node have the two members as they are used here. */
function knowsHead(): boolean {
  const response = new ServerResponse({ method: 'GET' } as IncomingMessage) as Partial<Written>;
  return response[HEAD] === null && response[HEAD_SENT] === false;
}

/**
 * Puts small answers on the wire with their heads in one write of bytes, past what Node does for each header: it looks at
 * every name and value for what may not be there, and joins them, which takes longer than to send them. Only what is
 * certain to be the same goes this way: the first answer in line on a connection that stays open and that is rid of all
 * before. The caller answers for the head being well-formed.
 */
export class WholeAnswers {
  private readonly usable = knowsHead();
  private piece = Buffer.allocUnsafeSlow(MOST_BYTES);
  private waiting = 0;
  private second = 0;
  private end = '';

  /** `keepAliveMs` is what the server's answers say of how long an unused connection is kept. */
  constructor(private readonly keepAliveMs: number) {}

  /**
   * Sends an answer whose head is given without Date, Connection and the empty line at its end, and whose body is bytes or
   * ASCII text, to a request that has none. False when that is left to Node, and nothing was done.
   */
  send(
    request: IncomingMessage,
    response: ServerResponse,
    status: number,
    head: string,
    body: Buffer | string,
  ): boolean {
    const { socket } = response;
    if (!socket || !this.usable || !isPlain(request, response, socket)) return false;
    const start = head + this.headEnd();
    const length = start.length + body.length;
    if (length > MOST_BYTES || this.waiting >= MOST_WAITING) return false;
    // As Node's option optimizeEmptyRequests does, which makes an object of all headers to tell what is known here.
    (request as Read)[END_UNREAD]?.();
    response.statusCode = status;
    (response as Written)[HEAD] = start;
    (response as Written)[HEAD_SENT] = true;
    if (typeof body === 'string') socket.write(start + body, 'latin1');
    else if (body.length === 0) socket.write(start, 'latin1');
    else {
      this.piece.write(start, 'latin1');
      this.piece.set(body, start.length);
      socket.write(this.piece.subarray(0, length));
    }
    if (socket.writableLength === 0) response.end();
    else this.endLater(response, socket);
    return true;
  }

  /** The system takes no more from this connection for now: the answer has ended when it has, as by Node's own way. */
  private endLater(response: ServerResponse, socket: Socket): void {
    this.piece = Buffer.allocUnsafeSlow(MOST_BYTES);
    this.waiting++;
    socket.write(NOTHING, () => {
      this.waiting--;
      if (!socket.destroyed) response.end();
    });
  }

  private headEnd(): string {
    const now = Date.now();
    const second = Math.floor(now / 1000);
    if (second !== this.second) {
      this.second = second;
      const timeout = this.keepAliveMs > 0 ? `Keep-Alive: timeout=${Math.floor(this.keepAliveMs / 1000)}\r\n` : '';
      const keep = `Connection: keep-alive\r\n${timeout}`;
      this.end = `Date: ${new Date(second * 1000).toUTCString()}\r\n${keep}\r\n`;
    }
    return this.end;
  }
}

/** Whether Node would do nothing for the answer but to write it. */
function isPlain(request: IncomingMessage, response: ServerResponse, socket: Socket): boolean {
  return (
    response.shouldKeepAlive &&
    request.httpVersionMinor === 1 &&
    !response.headersSent &&
    socket.writable &&
    socket.writableLength === 0
  );
}

/** The line that a head begins with. */
export function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]!}\r\n`;
}

/** Names and values in turn as they stand on the wire. */
export function headText(pairs: readonly string[]): string {
  let text = '';
  for (let i = 0; i < pairs.length; i += 2) text += `${pairs[i]!}: ${pairs[i + 1]!}\r\n`;
  return text;
}
