import { Arrivals } from './arrivals.js';
import { Connection } from './connection.js';
import { MOST_FAILURES, MOST_WAITING, TIMEOUT_MS } from './limits.js';
import type { LoadPlan, OpenModel } from './plan.js';
import type { RequestSource } from './request-source.js';
import type { Tally } from './tally.js';

/** Timers are late by up to a millisecond, so the last stretch before a request is due is waited for turn by turn. */
const SPIN_MS = 2;

/**
 * Sends requests when they are due and measures from then: a server that stalls is charged with the wait of all that
 * came meanwhile, not only of those it had taken. Resolves when the last is answered.
 */
export function runOpen(plan: LoadPlan, model: OpenModel, next: RequestSource, tally: Tally): Promise<void> {
  const total = Math.min(plan.maxRequests, Math.floor(plan.seconds * model.requestsPerSecond));
  return new Promise((resolve) =>
    new OpenRun(plan, model.connections, new Arrivals(model.requestsPerSecond, total), next, tally, resolve).start(),
  );
}

class OpenRun {
  private readonly idle: Connection[] = [];
  private readonly all: Connection[] = [];
  /** Due times of what waits for a connection, oldest at `head`. */
  private waiting: number[] = [];
  private head = 0;
  private begun = 0;
  private underWay = 0;
  private startMs = 0;
  private expiry: NodeJS.Timeout | undefined;

  constructor(
    plan: LoadPlan,
    connections: number,
    private readonly arrivals: Arrivals,
    private readonly next: RequestSource,
    private readonly tally: Tally,
    private readonly done: () => void,
  ) {
    for (let i = 0; i < connections; i++)
      this.all.push(
        new Connection(plan, 'GET', {
          answered: (connection, status, head, bodyBytes) => {
            tally.answered(status, head, bodyBytes, performance.now() - connection.since);
            this.release(connection);
          },
          failed: (connection, reason) => {
            tally.failed(reason);
            setImmediate(() => this.release(connection));
          },
        }),
      );
    this.idle.push(...this.all);
  }

  start(): void {
    this.expiry = setInterval(() => this.all.forEach((connection) => connection.expire(TIMEOUT_MS)), 250);
    this.startMs = performance.now();
    this.tick();
  }

  private readonly tick = (): void => {
    const elapsedMs = performance.now() - this.startMs;
    const due = this.arrivals.dueBy(elapsedMs);
    while (this.begun < due && this.tally.failures < MOST_FAILURES)
      this.begin(this.startMs + this.arrivals.dueAtMs(this.begun++));
    if (this.sentAll) {
      this.endIfAnswered();
      return;
    }
    const waitMs = this.arrivals.dueAtMs(this.begun) - elapsedMs;
    if (waitMs > SPIN_MS) setTimeout(this.tick, waitMs - SPIN_MS);
    else setImmediate(this.tick);
  };

  private begin(dueMs: number): void {
    const connection = this.idle.pop();
    if (connection) this.send(connection, dueMs);
    else if (this.waiting.length - this.head < MOST_WAITING) this.waiting.push(dueMs);
    else this.tally.failed(`more than ${MOST_WAITING} requests wait`);
  }

  private send(connection: Connection, dueMs: number): void {
    const request = this.next();
    if (!request) {
      this.idle.push(connection);
      return;
    }
    this.underWay += 1;
    connection.send(request, dueMs);
  }

  private release(connection: Connection): void {
    this.underWay -= 1;
    if (this.head < this.waiting.length) {
      this.send(connection, this.waiting[this.head++]!);
      if (this.head > 1024 && this.head * 2 > this.waiting.length) {
        this.waiting = this.waiting.slice(this.head);
        this.head = 0;
      }
      return;
    }
    this.idle.push(connection);
    this.endIfAnswered();
  }

  private get sentAll(): boolean {
    return this.begun >= this.arrivals.total || this.tally.failures >= MOST_FAILURES;
  }

  private endIfAnswered(): void {
    if (!this.sentAll || this.underWay > 0 || this.expiry === undefined) return;
    clearInterval(this.expiry);
    this.expiry = undefined;
    this.all.forEach((connection) => connection.close());
    this.done();
  }
}
