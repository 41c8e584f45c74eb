import { connect, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { serverName, type Endpoint } from './endpoint.js';
import { ResponseReader } from './response-reader.js';

/** Filled and read within one turn, so all connections can share it. */
const SHARED = Buffer.allocUnsafe(262_144);

/** Why a request got no answer: no connection, a connection lost, none in time, or bytes that are no answer. */
export type LossKind = 'connect' | 'reset' | 'timeout' | 'protocol';

/** What a connection tells. */
export interface ConnectionEvents<Asked> {
  readonly answered: (connection: Connection<Asked>, status: number, head: string, bodyBytes: number) => void;
  /** The request that was under way got no answer; the connection can be used again. */
  readonly failed: (connection: Connection<Asked>, reason: string, kind: LossKind) => void;
}

/** How a connection is used. */
export interface ConnectionUse {
  readonly method: 'GET' | 'HEAD';
  /** Requests after which the connection is closed and the next one opened; none when absent. */
  readonly requests?: number;
  /** The same for the first one only, so that connections opened together are not renewed together. */
  readonly firstRequests?: number;
}

/**
 * One keep-alive connection with at most one request under way; opened when it is needed, again if it was closed or has
 * had its number of requests. What a request was about goes along with it as `Asked`.
 */
export class Connection<Asked = undefined> {
  /** `performance.now()` from which the latency of the request under way counts. */
  since = 0;
  /** `performance.now()` when the request under way, or the last one, was sent. */
  sentAt = 0;
  /** What the request under way, or the last one, was about. */
  asked: Asked | undefined;
  private socket: Socket | undefined;
  private busy = false;
  private connected = false;
  private requestsLeft: number;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly use: ConnectionUse,
    private readonly events: ConnectionEvents<Asked>,
  ) {
    this.requestsLeft = use.firstRequests ?? use.requests ?? Infinity;
  }

  /** Opens the connection ahead of its first request; resolves when it is open, or could not be: the request then tries anew. */
  openAhead(): Promise<void> {
    const socket = (this.socket ??= this.open());
    return new Promise((resolve) => {
      socket.once('connect', resolve);
      socket.once('close', () => resolve());
    });
  }

  /** Sends a request whose latency counts from `since`; only when none is under way. */
  send(bytes: Buffer, since: number, asked: Asked): void {
    this.busy = true;
    this.since = since;
    this.asked = asked;
    this.sentAt = performance.now();
    this.socket ??= this.open();
    this.socket.write(bytes);
  }

  /** Gives the request under way up when it was sent more than so long ago. */
  expire(timeoutMs: number): void {
    if (this.busy && performance.now() - this.sentAt > timeoutMs) this.fail(`no answer in ${timeoutMs} ms`, 'timeout');
  }

  close(): void {
    this.busy = false;
    this.socket?.destroy();
    this.socket = undefined;
  }

  private open(): Socket {
    this.connected = false;
    const reader = new ResponseReader((status, head, bodyBytes) => {
      this.busy = false;
      this.requestsLeft -= 1;
      if (this.requestsLeft <= 0 || /\r\nconnection: close/i.test(head)) {
        this.close();
        this.requestsLeft = this.use.requests ?? Infinity;
      }
      this.events.answered(this, status, head, bodyBytes);
    }, this.use.method);
    const callback = (length: number, bytes: Uint8Array) => {
      try {
        reader.read(bytes as Buffer, length);
      } catch (error) {
        this.fail((error as Error).message, 'protocol');
      }
      return true;
    };
    const socket = dial(this.endpoint, { buffer: SHARED, callback }, () => (this.connected = true));
    const lost = (reason: string) => {
      if (this.socket === socket) this.fail(reason, this.connected ? 'reset' : 'connect');
    };
    socket.on('error', ({ message, code }: NodeJS.ErrnoException) => lost(message || (code ?? 'no connection')));
    socket.on('close', () => lost('closed by the server'));
    return socket;
  }

  private fail(reason: string, kind: LossKind): void {
    const { busy } = this;
    this.close();
    if (busy) this.events.failed(this, reason, kind);
  }
}

function dial(endpoint: Endpoint, onread: OnReadOpts, connected: () => void): Socket {
  const { host, port, tls } = endpoint;
  if (!tls) return connect({ host, port, noDelay: true, onread }, connected);
  const name = serverName(endpoint);
  // An address is no name that TLS may ask for; certificates are checked against it all the same.
  const asked = isIP(name) === 0 ? { servername: name } : {};
  const socket = connectTls({ ...{ host, port, onread, ALPNProtocols: ['http/1.1'] }, ...asked }, connected);
  socket.setNoDelay(true);
  return socket;
}
