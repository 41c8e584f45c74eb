import { Inject, Injectable } from '@nestjs/common';
import { grantOf } from '../access/grant.js';
import { CONFIG, type Config } from '../config.js';
import { Drain } from '../lifecycle/drain.js';
import { Metrics } from '../metrics/metrics.js';
import { shedProblem } from './admission.js';
import { AnswerWriter, exposedHeaders } from './answer-writer.js';
import type { EarlyExchange } from './early-exchanges.js';
import { elapsedMs } from './exchanges.js';
import { DATA_POLICY, instanceOf, problemBody, PROBLEM_TYPE } from './problem.js';
import { RequestLog } from './request-log.js';
import { headText, statusLine } from './whole-answers.js';

/** Stands in a refusal where a value is to go; no text of one has it. */
const MARK = '{value}';
/** What JSON is made of where nothing needs two bytes in UTF-8. */
const ASCII = /^[ -~]*$/;

/**
 * Refuses requests before the framework with the answer that the framework would give, at a fraction of its cost: while
 * there is too much to do, there are more of these than of all else.
 */
@Injectable()
export class Refusals {
  private readonly origins: ReadonlySet<string> | undefined;
  private readonly exposed: string;
  private readonly problem = shedProblem();
  /** The pieces of a refusal between what differs from one to the next: its id, its time and its length; its URL and its id. */
  private readonly head: readonly string[];
  private readonly body: readonly string[];

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
    const { status } = this.problem;
    this.head = (statusLine(status) + headText(this.fields(MARK, MARK, MARK))).split(MARK);
    this.body = problemBody(this.problem, MARK, MARK).toString().split(JSON.stringify(MARK));
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
    const { status } = this.problem;
    const took = String(elapsedMs(startedAt));
    // Without origins no value is the client's but its id, which is checked.
    if (!this.origins && !this.drain.isDraining) {
      const [bodyStart, bodyMiddle, bodyEnd] = this.body;
      const instance = JSON.stringify(instanceOf(asked.url));
      const body = `${bodyStart}${instance}${bodyMiddle}"${head.requestId}"${bodyEnd}`;
      const [start, toTime, toLength, end] = this.head;
      const text = `${start}${head.requestId}${toTime}${took}${toLength}${body.length}${end}`;
      if (ASCII.test(instance) && this.writer.whole.send(request, response, status, text, body)) {
        this.ended(exchange, status, body.length);
        return;
      }
    }
    const body = problemBody(this.problem, head.requestId, asked.url);
    const { origin } = this.origins ? request.headers : {};
    const fields = [
      ...(this.origins ? ['vary', 'Origin'] : []),
      ...(origin !== undefined && this.origins?.has(origin) ? ['access-control-allow-origin', origin] : []),
      ...this.fields(head.requestId, took, String(body.length)),
      ...(this.drain.isDraining ? ['connection', 'close'] : []),
    ];
    response.writeHead(status, fields);
    response.end(body);
    this.ended(exchange, status, body.length);
  }

  private fields(requestId: string, took: string, length: string): readonly string[] {
    return [
      ...(this.origins ? [] : ['access-control-allow-origin', '*']),
      ...['access-control-expose-headers', this.exposed],
      ...['x-request-id', requestId, 'x-content-type-options', 'nosniff'],
      ...['content-security-policy', DATA_POLICY],
      ...['retry-after', this.problem.details.headers!['Retry-After']!, 'content-type', PROBLEM_TYPE],
      ...['server-timing', `total;dur=${took}`, 'content-length', length],
    ];
  }

  private ended({ request, asked, head, startedAt }: EarlyExchange, status: number, bytes: number): void {
    const { route, url, counts } = asked;
    const durationMs = elapsedMs(startedAt);
    counts.shed.record(durationMs / 1000, bytes);
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
