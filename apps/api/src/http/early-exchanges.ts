import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { grantOf } from '../access/grant.js';
import { Connections } from '../lifecycle/connections.js';
import { Metrics } from '../metrics/metrics.js';
import type { RequestSeries } from '../metrics/request-series.js';
import type { CacheOutcome } from './answer-writer.js';
import { CLIENT_CLOSED, elapsedMs } from './exchanges.js';
import { millisecondsText } from './milliseconds.js';
import type { AskedUrl } from './questions.js';
import type { ReadHead } from './request-head.js';
import { prepareLine, RequestLog } from './request-log.js';

/** A request for a list that is answered before the framework, and what is known of its answer so far. */
export class EarlyExchange {
  /** Where the bytes came from, once they are there. */
  outcome: CacheOutcome | undefined;
  /** Bytes of the body. */
  bytes = 0;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly asked: AskedUrl,
    readonly head: ReadHead,
    /** `performance.now()` when its headers had arrived. */
    readonly startedAt: number,
  ) {}
}

/** Counts and logs exchanges that the framework does not see, under the names and with the members that it would. */
@Injectable()
export class EarlyExchanges {
  constructor(
    private readonly log: RequestLog,
    private readonly metrics: Metrics,
    private readonly connections: Connections,
  ) {}

  /** One that was answered in the turn in which it came: nothing can have come between. */
  atOnce(exchange: EarlyExchange, series: RequestSeries): void {
    const durationMs = performance.now() - exchange.startedAt;
    series.record(durationMs / 1000, exchange.bytes);
    if (this.log.samples(exchange.head.trace.sampled)) this.line(exchange, series.status, durationMs);
  }

  /**
   * One whose answer is still to come: in flight until that is written or the client leaves. Returns what takes it off
   * this hand again, still in flight, for the framework to go on with.
   */
  begin(exchange: EarlyExchange): () => void {
    const { response, request } = exchange;
    const { socket } = request;
    this.metrics.requestStarted();
    this.connections.requestStarted(socket);
    const end = () => {
      this.connections.requestEnded(socket);
      this.end(exchange);
    };
    response.on('close', end);
    return () => response.off('close', end);
  }

  private end(exchange: EarlyExchange): void {
    const { request, response, asked, bytes, head, outcome } = exchange;
    const { route, url } = asked;
    const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED;
    const durationMs = elapsedMs(exchange.startedAt);
    this.metrics.requestEnded({ route, method: 'GET', status, seconds: durationMs / 1000, bytes });
    if (status === 200 && !this.log.isSlow(durationMs)) {
      if (this.log.samples(head.trace.sampled)) this.line(exchange, status, durationMs);
      return;
    }
    this.log.ended({
      ...{ method: 'GET', url, route, status, durationMs, bytes },
      requestId: head.requestId,
      client: head.client,
      traceparent: request.headers['traceparent'],
      key: grantOf(request)?.name,
      cache: outcome,
      failure: undefined,
    });
  }

  private line({ request, asked, bytes, head, outcome }: EarlyExchange, status: number, durationMs: number): void {
    const { requestId, client, trace } = head;
    asked.line ??= prepareLine('GET', asked.url, asked.route);
    const grant = grantOf(request);
    const more = grant ? trace.json + grant.json : trace.json;
    this.log.line(asked.line, status, millisecondsText(durationMs), bytes, requestId, client, outcome ?? '', more);
  }
}
