import { Connection, type LossKind } from './connection.js';
import type { Endpoint } from './endpoint.js';
import { MOST_WAITING } from './limits.js';
import { Queue } from './queue.js';

/** When requests are due, in milliseconds after the start. */
export interface ArrivalTimes {
  /** Requests in all. */
  readonly total: number;
  /** When request `index`, counted from 0, is due; never before the one in front of it. */
  dueAtMs(index: number): number;
  /** How many requests are due by then. */
  dueBy(elapsedMs: number): number;
}

/** The bytes of a request, and what is to be known about it when its answer comes. */
export interface Outgoing<Asked> {
  readonly bytes: Buffer;
  readonly asked: Asked;
}

/** How requests are sent, and who is told what became of them. Latencies count from when a request was due. */
export interface OpenLoad<Asked> {
  readonly endpoint: Endpoint;
  readonly connections: number;
  /** Whether all connections are used in turn; otherwise the one that was used last goes first, which takes less time. */
  readonly inTurn: boolean;
  /** Requests after which a connection is renewed, the first time earlier by a share that differs by connection. */
  readonly connectionRequests?: number;
  /** Whether all connections are opened before the first request is due; otherwise each when it is needed. */
  readonly openFirst?: boolean;
  readonly timeoutMs: number;
  /** Milliseconds before a request is due that are waited for turn by turn, which takes a core; timers are late by up to one. */
  readonly spinMs: number;
  readonly arrivals: ArrivalTimes;
  /** The next request; undefined when there is none left. */
  readonly next: () => Outgoing<Asked> | undefined;
  /** Told of an answer, and how long it took from when its request was due and from when it was sent. */
  readonly answered: (
    asked: Asked,
    status: number,
    head: string,
    bodyBytes: number,
    latencyMs: number,
    sentMs: number,
  ) => void;
  readonly failed: (reason: string, kind: LossKind) => void;
  /** A request that was not sent: there was no room in the queue, or no connection free within the time that it may take. */
  readonly dropped: (reason: string) => void;
  /** Whether no more is to be sent, whatever is due. */
  readonly isOver: () => boolean;
}

/**
 * Sends requests when they are due and measures from then: a server that stalls is charged with the wait of all that
 * came meanwhile, not only of those it had taken. Resolves when the last is answered.
 */
export function runOpen<Asked>(load: OpenLoad<Asked>): Promise<void> {
  return new Promise((resolve) => void new OpenRun(load, resolve).start());
}

class OpenRun<Asked> {
  private readonly all: readonly Connection<Asked>[];
  private readonly idle = new Queue<Connection<Asked>>();
  /** Due times of what waits for a connection. */
  private readonly waiting = new Queue<number>();
  private begun = 0;
  private underWay = 0;
  private startMs = 0;
  private expiry: NodeJS.Timeout | undefined;

  constructor(
    private readonly load: OpenLoad<Asked>,
    private readonly done: () => void,
  ) {
    const { connections } = load;
    this.all = Array.from({ length: connections }, (_, i) => this.connection((i + 1) / connections));
    this.all.forEach((connection) => this.idle.push(connection));
  }

  async start(): Promise<void> {
    const { timeoutMs, openFirst = false } = this.load;
    if (openFirst) await Promise.all(this.all.map((connection) => connection.openAhead()));
    const everyMs = Math.min(250, timeoutMs);
    this.expiry = setInterval(() => this.all.forEach((connection) => connection.expire(timeoutMs)), everyMs);
    this.startMs = performance.now();
    this.tick();
  }

  private connection(shareOfFirst: number): Connection<Asked> {
    const { endpoint, connectionRequests, answered, failed } = this.load;
    const use = {
      method: 'GET' as const,
      ...(connectionRequests !== undefined && {
        requests: connectionRequests,
        firstRequests: Math.ceil(connectionRequests * shareOfFirst),
      }),
    };
    return new Connection<Asked>(endpoint, use, {
      answered: (connection, status, head, bodyBytes) => {
        const now = performance.now();
        const { asked, since, sentAt } = connection;
        answered(asked as Asked, status, head, bodyBytes, now - since, now - sentAt);
        this.release(connection);
      },
      failed: (connection, reason, kind) => {
        failed(reason, kind);
        setImmediate(() => this.release(connection));
      },
    });
  }

  private readonly tick = (): void => {
    const { arrivals, isOver, spinMs } = this.load;
    const elapsedMs = performance.now() - this.startMs;
    const due = arrivals.dueBy(elapsedMs);
    while (this.begun < due && !isOver()) this.begin(this.startMs + arrivals.dueAtMs(this.begun++));
    if (this.sentAll) {
      this.endIfAnswered();
      return;
    }
    const waitMs = arrivals.dueAtMs(this.begun) - elapsedMs;
    if (waitMs > spinMs) setTimeout(this.tick, waitMs - spinMs);
    else setImmediate(this.tick);
  };

  private begin(dueMs: number): void {
    const connection = this.load.inTurn ? this.idle.shift() : this.idle.pop();
    if (connection) this.send(connection, dueMs);
    else if (this.waiting.length < MOST_WAITING) this.waiting.push(dueMs);
    else this.load.dropped(`more than ${MOST_WAITING} requests wait`);
  }

  private send(connection: Connection<Asked>, dueMs: number): void {
    const request = this.load.next();
    if (!request) {
      this.idle.push(connection);
      return;
    }
    this.underWay += 1;
    connection.send(request.bytes, dueMs, request.asked);
  }

  private release(connection: Connection<Asked>): void {
    this.underWay -= 1;
    const dueMs = this.nextWaiting();
    if (dueMs !== undefined) {
      this.send(connection, dueMs);
      return;
    }
    this.idle.push(connection);
    this.endIfAnswered();
  }

  /** Due time of the oldest request that waits and is still worth sending. */
  private nextWaiting(): number | undefined {
    const { timeoutMs, dropped, isOver } = this.load;
    if (isOver()) return undefined;
    const earliestMs = performance.now() - timeoutMs;
    let dueMs = this.waiting.shift();
    while (dueMs !== undefined && dueMs < earliestMs) {
      dropped(`no connection free in ${timeoutMs} ms`);
      dueMs = this.waiting.shift();
    }
    return dueMs;
  }

  private get sentAll(): boolean {
    return this.begun >= this.load.arrivals.total || this.load.isOver();
  }

  private endIfAnswered(): void {
    if (!this.sentAll || this.underWay > 0 || this.expiry === undefined) return;
    clearInterval(this.expiry);
    this.expiry = undefined;
    this.all.forEach((connection) => connection.close());
    this.done();
  }
}
