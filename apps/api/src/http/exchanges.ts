import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { QueryQueueFullError } from '#libs/duckdb';
import { grantOf } from '../access/grant.js';
import { Connections } from '../lifecycle/connections.js';
import { Drain } from '../lifecycle/drain.js';
import { Metrics } from '../metrics/metrics.js';
import type { ShedReason } from '../metrics/overload-metrics.js';
import { ShedError } from './admission.js';
import { VARY_BY_KEY, type CacheOutcome } from './answer-writer.js';
import { DATA_POLICY } from './problem.js';
import { requestId } from './request-id.js';
import { RequestLog } from './request-log.js';

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

/** A request that came to grief before the framework, which is to answer it. */
export interface EarlyFault {
  readonly error: unknown;
  /** `performance.now()` when its headers had arrived. */
  readonly startedAt: number;
}

/** Route labels of what has no template; a label never repeats what a client made up. */
const UNMATCHED_ROUTE = '(unmatched)';
const MALFORMED_ROUTE = '(malformed)';
/** Status under which a request counts whose client left before its answer was written. */
export const CLIENT_CLOSED = 499;

/** What all exchanges of the framework have in common, whatever the route: headers, one log line, metrics, connection. */
@Injectable()
export class Exchanges {
  private readonly earlyFaults = new WeakMap<IncomingMessage, EarlyFault>();
  private readonly startedAt = new WeakMap<IncomingMessage, number>();

  constructor(
    private readonly log: RequestLog,
    private readonly metrics: Metrics,
    private readonly drain: Drain,
    readonly connections: Connections,
  ) {}

  /** At the start of a request: headers that need nothing of the answer, and the end arranged for. */
  begin(request: FastifyRequest, reply: FastifyReply): void {
    const { socket } = request.raw;
    const fault = this.faultOf(request.raw);
    const grant = grantOf(request.raw);
    request.startedAt = fault?.startedAt ?? grant?.startedAt ?? this.startedAt.get(request.raw) ?? performance.now();
    reply.headers({
      ...{ 'X-Request-Id': request.id, 'X-Content-Type-Options': 'nosniff', 'Content-Security-Policy': DATA_POLICY },
    });
    if (grant) setPrivate(reply, grant.headers);
    // What came to grief earlier is in flight already.
    if (!fault) {
      this.metrics.requestStarted();
      this.connections.requestStarted(socket);
    }
    // "close" comes after "finish", and also when the client is gone before; Fastify's onResponse hook misses the latter.
    reply.raw.once('close', () => {
      this.connections.requestEnded(socket);
      this.end(request, reply);
    });
  }

  /** Before a request is given to the framework that has waited since then: its time counts from when it came. */
  waited(request: IncomingMessage, startedAt: number): void {
    this.startedAt.set(request, startedAt);
  }

  /** Before a request is given to the framework that came to grief: it is answered as if the framework had met the fault. */
  failed(request: IncomingMessage, fault: EarlyFault): void {
    this.earlyFaults.set(request, fault);
  }

  /** As {@link failed}, of a request that is not in flight yet. */
  refuse(request: IncomingMessage, fault: EarlyFault): void {
    this.metrics.requestStarted();
    this.connections.requestStarted(request.socket);
    this.failed(request, fault);
  }

  /**
   * A request waits for its turn, in flight as far as its connection is concerned: a server that closes must not take that for one
   * without a request. Returns what ends the wait and tells whether the client is still there; if not, that was counted.
   */
  hold(request: IncomingMessage, response: ServerResponse, startedAt: number): () => boolean {
    const { socket } = request;
    this.connections.requestStarted(socket);
    return () => {
      this.connections.requestEnded(socket);
      if (response.destroyed) this.left(request, startedAt);
      return !response.destroyed;
    };
  }

  /** Counts and logs a request whose client left before anybody took it to answer. */
  private left(request: IncomingMessage, startedAt: number): void {
    const { method = '', url = '', headers, socket } = request;
    const durationMs = elapsedMs(startedAt);
    const line = { method, url, route: UNMATCHED_ROUTE, status: CLIENT_CLOSED, durationMs, bytes: 0 };
    this.metrics.requestRefused({ ...line, seconds: durationMs / 1000 });
    this.log.ended({
      ...line,
      requestId: requestId(request),
      client: socket.remoteAddress,
      traceparent: headers['traceparent'],
      key: grantOf(request)?.name,
      cache: undefined,
      failure: undefined,
    });
  }

  /** The fault that a request had before the framework, if any. */
  faultOf(request: IncomingMessage): EarlyFault | undefined {
    return this.earlyFaults.get(request);
  }

  /** Before the headers of an answer are written. */
  beforeSend(request: FastifyRequest, reply: FastifyReply): void {
    reply.header('Server-Timing', `total;dur=${elapsedMs(request.startedAt)}`);
    if (this.drain.isDraining) reply.header('Connection', 'close');
  }

  /** Counts and logs what was refused before it was a request, such as bytes that are no HTTP. */
  refused(status: number, reason: string, socket: Socket): void {
    this.metrics.requestRefused({ route: MALFORMED_ROUTE, method: '', status, seconds: 0, bytes: 0 });
    this.log.refused({ route: MALFORMED_ROUTE, reason, client: socket.remoteAddress }, status);
  }

  private end(request: FastifyRequest, reply: FastifyReply): void {
    const { method, url } = request;
    const route = request.routeOptions.url ?? UNMATCHED_ROUTE;
    const status = reply.raw.writableFinished ? reply.raw.statusCode : CLIENT_CLOSED;
    const durationMs = elapsedMs(request.startedAt);
    const { answerBytes = Number(reply.raw.getHeader('content-length') ?? reply.getHeader('content-length') ?? 0) } =
      request;
    const bytes = method === 'HEAD' || status === 304 ? 0 : answerBytes;
    this.metrics.requestEnded({ route, method, status, seconds: durationMs / 1000, bytes });
    const reason = shedReason(request.failure);
    if (reason !== undefined) this.metrics.overload.requestShed(reason);
    if (reason === 'wait' && !this.log.showsShed) return;
    this.log.ended({
      ...{ method, url, route, status, durationMs, bytes },
      requestId: request.id,
      client: request.ip,
      traceparent: request.headers['traceparent'],
      key: grantOf(request.raw)?.name,
      cache: request.cacheOutcome,
      failure: request.failure,
    });
  }
}

/** What belongs to the key of a request, and that no cache may give the answer to anybody else; a list says the same by itself. */
function setPrivate(reply: FastifyReply, headers: readonly string[]): void {
  reply.header('Cache-Control', 'private').header('Vary', VARY_BY_KEY);
  for (let i = 0; i < headers.length; i += 2) reply.header(headers[i]!, headers[i + 1]!);
}

function shedReason(failure: unknown): ShedReason | undefined {
  if (failure instanceof ShedError) return 'wait';
  return failure instanceof QueryQueueFullError ? 'queue' : undefined;
}

/** Milliseconds since the request's headers had arrived, to the microsecond. */
export function elapsedMs(startedAt = performance.now()): number {
  return Math.round((performance.now() - startedAt) * 1000) / 1000;
}
