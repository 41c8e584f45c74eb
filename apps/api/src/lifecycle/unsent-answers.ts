import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Metrics } from '../metrics/metrics.js';

/**
 * The answers that clients have not yet taken wholly, and a bound on their bytes: beyond it, the connections of those that
 * are longest at it are closed, never that of the latest. What goes to many is in memory once, and counts once.
 */
@Injectable()
export class UnsentAnswers {
  private readonly maxBytes: number;
  /** In the order in which they were begun. */
  private readonly unsent = new Map<ServerResponse, Buffer>();
  private readonly readers = new Map<Buffer, number>();
  /** Answers by connection: of several that wait there, only the first hears of its end. */
  private readonly bySocket = new Map<Socket, Set<ServerResponse>>();
  private total = 0;
  private checking = false;

  constructor(
    @Inject(CONFIG) { overload }: Config,
    private readonly metrics: Metrics,
  ) {
    this.maxBytes = overload.maxUnsentBytes;
  }

  /** Bytes of the answers that are on their way. */
  get bytes(): number {
    return this.total;
  }

  /** Counts an answer that was just given to its connection until that is rid of it. */
  track(response: ServerResponse, body: Buffer): void {
    this.unsent.set(response, body);
    this.ofSocket(response.req.socket).add(response);
    const readers = this.readers.get(body) ?? 0;
    this.readers.set(body, readers + 1);
    if (readers === 0) this.total += body.length;
    response.once('close', () => this.forget(response));
    if (this.total <= this.maxBytes || this.checking) return;
    this.checking = true;
    // Nothing of what was answered in this turn is on the network yet, however fast its client is.
    setImmediate(() => this.check());
  }

  private ofSocket(socket: Socket): Set<ServerResponse> {
    const known = this.bySocket.get(socket);
    if (known) return known;
    const responses = new Set<ServerResponse>();
    this.bySocket.set(socket, responses);
    socket.once('close', () => this.forgetAll(socket));
    return responses;
  }

  private check(): void {
    this.checking = false;
    for (const { req } of this.unsent.keys()) {
      if (this.total <= this.maxBytes || this.unsent.size === 1) return;
      this.forgetAll(req.socket);
      req.socket.destroy();
      this.metrics.overload.connectionGivenUp('unsent');
    }
  }

  private forgetAll(socket: Socket): void {
    for (const response of this.bySocket.get(socket) ?? []) this.forget(response);
    this.bySocket.delete(socket);
  }

  private forget(response: ServerResponse): void {
    const body = this.unsent.get(response);
    if (!body) return;
    this.unsent.delete(response);
    this.bySocket.get(response.req.socket)?.delete(response);
    const readers = this.readers.get(body)! - 1;
    if (readers > 0) {
      this.readers.set(body, readers);
      return;
    }
    this.readers.delete(body);
    this.total -= body.length;
  }
}
