import { connect, type Socket } from 'node:net';
import type { Target } from './loopback.js';
import { ResponseReader } from './response-reader.js';

/** Filled and read within one turn, so all connections can share it. */
const SHARED = Buffer.allocUnsafe(262_144);

/** What a connection tells. */
export interface ConnectionEvents {
  readonly answered: (connection: Connection, status: number, head: string, bodyBytes: number) => void;
  /** The request that was under way got no answer; the connection can be used again. */
  readonly failed: (connection: Connection, reason: string) => void;
}

/** One keep-alive connection with at most one request under way; opened when it is needed, again if it was closed. */
export class Connection {
  /** `performance.now()` from which the latency of the request under way counts. */
  since = 0;
  private socket: Socket | undefined;
  private busy = false;
  private sentAt = 0;

  constructor(
    private readonly target: Target,
    private readonly method: 'GET' | 'HEAD',
    private readonly events: ConnectionEvents,
  ) {}

  /** Sends a request whose latency counts from `since`; only when none is under way. */
  send(bytes: Buffer, since: number): void {
    this.busy = true;
    this.since = since;
    this.sentAt = performance.now();
    this.socket ??= this.open();
    this.socket.write(bytes);
  }

  /** Gives the request under way up when it was sent more than so long ago. */
  expire(timeoutMs: number): void {
    if (this.busy && performance.now() - this.sentAt > timeoutMs) this.fail(`no answer in ${timeoutMs} ms`);
  }

  close(): void {
    this.busy = false;
    this.socket?.destroy();
    this.socket = undefined;
  }

  private open(): Socket {
    const reader = new ResponseReader((status, head, bodyBytes) => {
      this.busy = false;
      if (/\r\nconnection: close/i.test(head)) this.close();
      this.events.answered(this, status, head, bodyBytes);
    }, this.method);
    const socket = connect({
      ...this.target,
      noDelay: true,
      onread: {
        buffer: SHARED,
        callback: (length, bytes) => {
          try {
            reader.read(bytes as Buffer, length);
          } catch (error) {
            this.fail((error as Error).message);
          }
          return true;
        },
      },
    });
    const lost = (reason: string) => {
      if (this.socket === socket) this.fail(reason);
    };
    socket.on('error', ({ message }) => lost(message));
    socket.on('close', () => lost('closed by the server'));
    return socket;
  }

  private fail(reason: string): void {
    const { busy } = this;
    this.close();
    if (busy) this.events.failed(this, reason);
  }
}
