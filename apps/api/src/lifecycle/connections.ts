import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { LOG } from '../logging.js';
import { Metrics } from '../metrics/metrics.js';
import { aroundRequests } from './around-requests.js';
import { mostConnections, openFilesLimit } from './open-files.js';

/** How long a connection may stay without a request once the server takes no new ones: a request may be on its way. */
const LINGER_MS = 300;

/** When a connection is to be closed with its next answer, in terms of `performance.now()`. */
const CLOSE_AFTER = Symbol('closeAfter');
/** Pause between two lines of the log about connections that are refused. */
const REFUSALS_LOGGED_EVERY_MS = 60_000;
/** Share by which ages differ, so that connections that were opened together are not closed together. */
const AGE_SPREAD = 0.1;

type AgingSocket = Socket & { [CLOSE_AFTER]?: number };

/** The open connections of the public port and the requests in flight on each. */
@Injectable()
export class Connections {
  private readonly inFlight = new Map<Socket, number>();
  private refused = 0;
  private refusalLoggedAt = -Infinity;

  constructor(
    metrics: Metrics,
    @Inject(LOG) private readonly log: Logger,
  ) {
    metrics.watchConnections(() => ({ open: this.open, refused: this.refused }));
  }

  /** Connections that are open. */
  get open(): number {
    return this.inFlight.size;
  }

  /** All open connections, the oldest first. */
  get sockets(): IterableIterator<Socket> {
    return this.inFlight.keys();
  }

  /** Requests in flight on all connections. */
  get requests(): number {
    return [...this.inFlight.values()].reduce((sum, count) => sum + count, 0);
  }

  /**
   * Has the connections of a server, all of whose listeners are there, closed with the first answer after they have got so
   * old, give or take a tenth: what keeps connections, such as a proxy, would never find the pods that came later. 0 lets
   * them get as old as they like.
   */
  limitAge(server: Server, maxAgeMs: number): void {
    if (maxAgeMs === 0) return;
    server.on('connection', (socket: AgingSocket) => {
      socket[CLOSE_AFTER] = performance.now() + maxAgeMs * (1 + AGE_SPREAD * (2 * Math.random() - 1));
    });
    aroundRequests(server, (request, response, next) => {
      if ((request.socket as AgingSocket)[CLOSE_AFTER]! < performance.now()) response.shouldKeepAlive = false;
      next(request, response);
    });
  }

  /**
   * Has a server refuse connections beyond a number, and before the process runs out of files and sockets, which would fail
   * the probes too, and keep a new version of the dataset from being opened. Counts what is refused; the log says so once a
   * minute.
   */
  limitOpen(server: Server, maxConnections: number, filesLimit = openFilesLimit()): void {
    const most = Math.min(maxConnections, mostConnections(filesLimit));
    server.maxConnections = most;
    // What Node counts are those that the server accepted itself.
    server.on('connection', (socket: Socket) => {
      if (this.open <= most) return;
      socket.destroy();
      server.emit('drop');
    });
    server.on('drop', () => {
      this.refused++;
      if (performance.now() < this.refusalLoggedAt + REFUSALS_LOGGED_EVERY_MS) return;
      this.refusalLoggedAt = performance.now();
      const { open, refused } = this;
      this.log.warn({ open, refused, most, filesLimit }, 'connections are refused: as many are open as may be');
    });
  }

  /**
   * Watches the connections of a server, and closes those without a request when it closes. Node's own way would cut off
   * answers that are complete but still on their way to a slow client, and requests on their way to us; it would also
   * wait a minute for connections on which nothing ever arrived, such as a browser's spare one.
   */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.inFlight.set(socket, 0);
      socket.once('close', () => this.inFlight.delete(socket));
    });
    // Called by Node and nobody else, when the server closes.
    server.closeIdleConnections = () => {
      if (!server.listening) return;
      server.once('close', this.closeUnused(this.inFlight));
    };
  }

  /**
   * Closes those of these connections on which there is no request and whose last answer is on its way wholly, again and
   * again until the function that is returned is called.
   */
  closeUnused(sockets: { keys(): Iterable<Socket> }): () => void {
    const sweep = setInterval(() => {
      for (const socket of sockets.keys()) if (!this.isBusy(socket) && socket.writableLength === 0) socket.destroy();
    }, LINGER_MS);
    return () => clearInterval(sweep);
  }

  /** Whether a request is in flight on the connection. */
  isBusy(socket: Socket): boolean {
    return (this.inFlight.get(socket) ?? 0) > 0;
  }

  requestStarted(socket: Socket): void {
    this.count(socket, 1);
  }

  requestEnded(socket: Socket): void {
    this.count(socket, -1);
  }

  private count(socket: Socket, change: number): void {
    const before = this.inFlight.get(socket);
    if (before !== undefined) this.inFlight.set(socket, before + change);
  }
}
