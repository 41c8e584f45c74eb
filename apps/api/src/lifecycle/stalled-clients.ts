import type { Socket } from 'node:net';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Metrics } from '../metrics/metrics.js';
import { Connections } from './connections.js';

/** Looks at the connections within the time that a client may take nothing, and the most milliseconds between two. */
const LOOKS = 10;
const MOST_BETWEEN_LOOKS_MS = 1000;

/**
 * Closes the connections of clients that have asked for something and take nothing of it. Looks at all connections now and
 * then, so that an answer that goes out at once, as nearly all do, costs nothing. Whether a client takes something is known
 * to Node, which counts the bytes that the system has taken from a single write.
 */
@Injectable()
export class StalledClients implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly timeoutMs: number;
  private readonly watched = new WeakSet<Socket>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connections: Connections,
    private readonly metrics: Metrics,
    @Inject(CONFIG) { overload }: Config,
  ) {
    this.timeoutMs = overload.sendTimeoutMs;
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), Math.min(MOST_BETWEEN_LOOKS_MS, this.timeoutMs / LOOKS)).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    for (const socket of this.connections.sockets) if (socket.writableLength > 0) this.watch(socket);
  }

  /** The time that Node's server sets for an idle connection takes its place once the answer is out. */
  private watch(socket: Socket): void {
    if (socket.timeout !== this.timeoutMs) socket.setTimeout(this.timeoutMs);
    if (this.watched.has(socket)) return;
    this.watched.add(socket);
    // Node's server closes it.
    socket.on('timeout', () => {
      if (socket.writableLength > 0) this.metrics.overload.connectionGivenUp('stalled');
    });
  }
}
