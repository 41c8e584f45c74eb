import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../config.js';
import { Connections } from '../lifecycle/connections.js';
import { Drain } from '../lifecycle/drain.js';
import { LOG } from '../logging.js';
import { Metrics } from '../metrics/metrics.js';
import type { CacheOutcome } from './answer-writer.js';
import { MAX_LOGGED_URL_CHARACTERS } from './request-log.js';
import { readTraceparent } from './traceparent.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** `performance.now()` when its headers had arrived; set by {@link Exchanges}. */
    startedAt?: number;
    /** The fault behind an answer of 5xx, for the log. */
    failure?: unknown;
    /** Where the answer's bytes came from, when it is a list. */
    cacheOutcome?: CacheOutcome;
    /** Bytes of the body, when it was written without Fastify. */
    answerBytes?: number;
  }
}

/** Route labels of what has no template; a label never repeats what a client made up. */
const UNMATCHED_ROUTE = '(unmatched)';
const MALFORMED_ROUTE = '(malformed)';
/** Status under which a request counts whose client left before its answer was written. */
const CLIENT_CLOSED = 499;
/** Asked every few seconds by balancers, so only its failures are worth a line. */
const SILENT_ROUTE = '/health';

/** What every request and answer have in common, whatever the route: headers, one log line, metrics, connection. */
@Injectable()
export class Exchanges {
  constructor(
    @Inject(LOG) private readonly log: Logger,
    private readonly metrics: Metrics,
    private readonly drain: Drain,
    readonly connections: Connections,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** At the start of a request: headers that need nothing of the answer, and the end arranged for. */
  begin(request: FastifyRequest, reply: FastifyReply): void {
    const { socket } = request.raw;
    request.startedAt = performance.now();
    reply.header('X-Request-Id', request.id).header('X-Content-Type-Options', 'nosniff');
    this.metrics.requestStarted();
    this.connections.requestStarted(socket);
    // "close" comes after "finish", and also when the client is gone before; Fastify's onResponse hook misses the latter.
    reply.raw.once('close', () => {
      this.connections.requestEnded(socket);
      this.end(request, reply);
    });
  }

  /** Before the headers of an answer are written. */
  beforeSend(request: FastifyRequest, reply: FastifyReply): void {
    reply.header('Server-Timing', `total;dur=${elapsedMs(request)}`);
    if (this.drain.isDraining) reply.header('Connection', 'close');
  }

  /** Counts and logs what was refused before it was a request, such as bytes that are no HTTP. */
  refused(status: number, reason: string, socket: Socket): void {
    this.metrics.requestRefused({ route: MALFORMED_ROUTE, method: '', status, seconds: 0, bytes: 0 });
    this.log.info({ route: MALFORMED_ROUTE, status, reason, client: socket.remoteAddress }, 'request');
  }

  private end(request: FastifyRequest, reply: FastifyReply): void {
    const { method } = request;
    const route = request.routeOptions.url ?? UNMATCHED_ROUTE;
    const status = reply.raw.writableFinished ? reply.raw.statusCode : CLIENT_CLOSED;
    const durationMs = elapsedMs(request);
    const { answerBytes = Number(reply.raw.getHeader('content-length') ?? reply.getHeader('content-length') ?? 0) } =
      request;
    const bytes = method === 'HEAD' || status === 304 ? 0 : answerBytes;
    this.metrics.requestEnded({ route, method, status, seconds: durationMs / 1000, bytes });
    const slow = durationMs >= this.config.log.slowMs;
    if (!this.worthALine(route, status, slow)) return;
    const line = {
      method,
      url: request.url.slice(0, MAX_LOGGED_URL_CHARACTERS),
      route,
      status,
      durationMs,
      bytes,
      requestId: request.id,
      client: request.ip,
      ...readTraceparent(request.headers['traceparent']),
      ...(request.cacheOutcome !== undefined && { cache: request.cacheOutcome }),
      ...(request.failure !== undefined && { err: request.failure }),
    };
    if (status >= 500) this.log.error(line, 'request');
    else if (slow) this.log.warn(line, 'request');
    else this.log.info(line, 'request');
  }

  private worthALine(route: string, status: number, slow: boolean): boolean {
    if (status >= 400 || slow) return true;
    return route !== SILENT_ROUTE && Math.random() < this.config.log.requestSample;
  }
}

/** Milliseconds since the request's headers had arrived, to the microsecond. */
function elapsedMs({ startedAt = performance.now() }: { readonly startedAt?: number }): number {
  return Math.round((performance.now() - startedAt) * 1000) / 1000;
}
