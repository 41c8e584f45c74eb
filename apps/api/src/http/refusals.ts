import { Inject, Injectable } from '@nestjs/common';
import { grantOf } from '../access/grant.js';
import { CONFIG, type Config } from '../config.js';
import { Drain } from '../lifecycle/drain.js';
import { Metrics } from '../metrics/metrics.js';
import { shedProblem } from './admission.js';
import { AnswerWriter, exposedHeaders } from './answer-writer.js';
import type { EarlyExchange } from './early-exchanges.js';
import { elapsedMs } from './exchanges.js';
import { DATA_POLICY, problemBody, PROBLEM_TYPE } from './problem.js';
import { RequestLog } from './request-log.js';
import { headText, statusLine } from './whole-answers.js';

/**
 * Refuses requests before the framework with the answer that the framework would give, at a fraction of its cost: while
 * there is too much to do, there are more of these than of all else.
 */
@Injectable()
export class Refusals {
  private readonly origins: ReadonlySet<string> | undefined;
  private readonly exposed: string;
  private readonly problem = shedProblem();

  constructor(
    private readonly log: RequestLog,
    private readonly metrics: Metrics,
    private readonly drain: Drain,
    private readonly writer: AnswerWriter,
    @Inject(CONFIG) config: Config,
  ) {
    const { server } = config;
    this.exposed = exposedHeaders(config).join(', ');
    this.origins = server.corsOrigins.includes('*') ? undefined : new Set(server.corsOrigins);
  }

  /**
   * Answers 503 with Retry-After, at once, to a request whose answer is not begun; false when that is left to the framework,
   * which knows what belongs to a key.
   */
  shed(exchange: EarlyExchange): boolean {
    if (grantOf(exchange.request)) return false;
    this.answer(exchange);
    return true;
  }

  private answer(exchange: EarlyExchange): void {
    const { request, response, asked, head, startedAt } = exchange;
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
    // Without origins no value is the client's but its id, which is checked.
    const whole = !this.origins && !this.drain.isDraining;
    if (!whole || !this.writer.whole.send(request, response, status, statusLine(status) + headText(fields), body)) {
      response.writeHead(status, fields);
      response.end(body);
    }
    this.ended(exchange, status, body.length);
  }

  private ended({ request, asked, head, startedAt }: EarlyExchange, status: number, bytes: number): void {
    const { route, url } = asked;
    const durationMs = elapsedMs(startedAt);
    this.metrics.requestRefused({ route, method: 'GET', status, seconds: durationMs / 1000, bytes });
    this.metrics.overload.requestShed('wait');
    if (!this.log.showsShed) return;
    this.log.ended({
      ...{ method: 'GET', url, route, status, durationMs, bytes },
      ...{ requestId: head.requestId, client: head.client, cache: undefined },
      traceparent: request.headers['traceparent'],
      failure: this.problem.details.cause,
    });
  }
}
