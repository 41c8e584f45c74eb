import { Inject, Injectable } from '@nestjs/common';
import { grantOf } from '../access/grant.js';
import { CONFIG, type Config } from '../config.js';
import { Connections } from '../lifecycle/connections.js';
import { Drain } from '../lifecycle/drain.js';
import { Metrics } from '../metrics/metrics.js';
import { shedProblem } from './admission.js';
import { exposedHeaders } from './answer-writer.js';
import type { EarlyExchange } from './early-exchanges.js';
import { CLIENT_CLOSED, elapsedMs } from './exchanges.js';
import { DATA_POLICY, problemBody, PROBLEM_TYPE } from './problem.js';
import { RequestLog } from './request-log.js';

/**
 * Milliseconds for which a refusal is held back. Clients that ask again at once, or that have more to ask on the same
 * connections, would have the service do nothing but refuse: the head of a request costs as much as its answer from memory.
 */
const HOLD_MS = 20;
/**
 * Where what was held back goes out later than that by so much, clients wait for their turn anyway: for a while, refusals are
 * sent at once, or they would come too late.
 */
const LATE_MS = 5;
const NOT_HELD_MS = 100;
/** Refusals that are held back at a time; one more is sent at once. */
const MOST_HELD = 4096;

/**
 * Refuses requests before the framework with the answer that the framework would give, at a fraction of its cost: while
 * there is too much to do, there are more of these than of all else.
 */
@Injectable()
export class Refusals {
  private readonly origins: ReadonlySet<string> | undefined;
  private readonly exposed: string;
  private readonly problem = shedProblem();
  private readonly held: EarlyExchange[] = [];
  private notHeldUntil = -Infinity;

  constructor(
    private readonly log: RequestLog,
    private readonly metrics: Metrics,
    private readonly drain: Drain,
    private readonly connections: Connections,
    @Inject(CONFIG) config: Config,
  ) {
    const { server } = config;
    this.exposed = exposedHeaders(config).join(', ');
    this.origins = server.corsOrigins.includes('*') ? undefined : new Set(server.corsOrigins);
  }

  /**
   * Answers 503 with Retry-After, a moment later, to a request whose answer is not begun; false when that is left to the
   * framework, which knows what belongs to a key.
   */
  shed(exchange: EarlyExchange): boolean {
    if (grantOf(exchange.request)) return false;
    this.metrics.requestStarted();
    this.connections.requestStarted(exchange.request.socket);
    if (this.held.length >= MOST_HELD || exchange.startedAt < this.notHeldUntil) this.answer(exchange);
    else if (this.held.push(exchange) === 1) setTimeout(() => this.release(), HOLD_MS);
    return true;
  }

  /** Answers those that were held back for long enough. */
  private release(): void {
    const now = performance.now();
    const due = now - HOLD_MS + 1;
    if (this.held[0]!.startedAt < due - LATE_MS) this.notHeldUntil = now + NOT_HELD_MS;
    const later = this.held.findIndex(({ startedAt }) => startedAt > due);
    const ready = this.held.splice(0, later < 0 ? this.held.length : later);
    for (const exchange of ready) this.answer(exchange);
    const [next] = this.held;
    if (next) setTimeout(() => this.release(), Math.max(1, next.startedAt + HOLD_MS - performance.now()));
  }

  private answer(exchange: EarlyExchange): void {
    const { request, response, asked, head, startedAt } = exchange;
    this.connections.requestEnded(request.socket);
    if (response.destroyed) return this.ended(exchange, CLIENT_CLOSED, 0);
    const { status, details } = this.problem;
    const body = problemBody(this.problem, head.requestId, asked.url);
    const { origin } = this.origins ? request.headers : {};
    const fields = [
      ...(this.origins ? ['vary', 'Origin'] : ['access-control-allow-origin', '*']),
      ...(origin !== undefined && this.origins?.has(origin) ? ['access-control-allow-origin', origin] : []),
      ...['access-control-expose-headers', this.exposed],
      ...['x-request-id', head.requestId, 'x-content-type-options', 'nosniff'],
      ...['content-security-policy', DATA_POLICY],
      ...['retry-after', details.headers!['Retry-After']!, 'content-type', PROBLEM_TYPE],
      ...['server-timing', `total;dur=${elapsedMs(startedAt)}`],
      ...(this.drain.isDraining ? ['connection', 'close'] : []),
      ...['content-length', String(body.length)],
    ];
    response.writeHead(status, fields);
    response.end(body);
    return this.ended(exchange, status, body.length);
  }

  private ended({ request, asked, head, startedAt }: EarlyExchange, status: number, bytes: number): void {
    const { route, url } = asked;
    const durationMs = elapsedMs(startedAt);
    this.metrics.requestEnded({ route, method: 'GET', status, seconds: durationMs / 1000, bytes });
    this.metrics.overload.requestShed('wait');
    if (!this.log.showsShed) return;
    this.log.ended({
      ...{ method: 'GET', url, route, status, durationMs, bytes },
      ...{ requestId: head.requestId, client: head.client, cache: undefined },
      traceparent: request.headers['traceparent'],
      failure: status === CLIENT_CLOSED ? undefined : this.problem.details.cause,
    });
  }
}
