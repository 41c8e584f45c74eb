import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../config.js';
import { LOG, LOG_LINE } from '../logging.js';
import { readTraceparent } from './traceparent.js';

/** Kept short enough that a line stays a line. */
const MAX_LOGGED_URL_CHARACTERS = 2048;
/** Parameters that clients of other services put keys into; the value is none of the log's business. */
const SECRET_PARAMETERS = /([?&](?:[\w-]*(?:key|token|secret|password)|authorization|auth|signature)=)[^&#]*/gi;
/** Asked every few seconds by balancers, so only its failures are worth a line. */
const SILENT_ROUTE = '/health';
/** Lines a second about requests that were shed: a million of them would not say more than their count in the metrics. */
const MOST_SHED_LINES = 10;

/** What a request's line says. */
export interface LoggedRequest {
  readonly method: string;
  readonly url: string;
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  /** Of the body. */
  readonly bytes: number;
  readonly requestId: string;
  readonly client: string | undefined;
  /** The header of this name as it came. */
  readonly traceparent: unknown;
  /** Name of the API key. */
  readonly key?: string | undefined;
  /** Where the bytes came from, when they are a list. */
  readonly cache: string | undefined;
  /** The fault behind an answer of 5xx. */
  readonly failure: unknown;
}

/** The parts of a request's log line that are the same at each request to a URL, as JSON ready to be joined. */
export interface PreparedLine {
  /** From method to route. */
  readonly begin: string;
}

/** The JSON of the members that a URL settles; they stand after the time. In one piece, as it is kept with each URL that is remembered. */
export function prepareLine(method: string, url: string, route: string): PreparedLine {
  const json = JSON.stringify({ method, url: loggedUrl(url), route });
  return { begin: [',', json.slice(1, -1)].join('') };
}

/** A URL as a line shows it: without the values of parameters that look like keys, and not too long. */
export function loggedUrl(url: string): string {
  return url.replace(SECRET_PARAMETERS, '$1[redacted]').slice(0, MAX_LOGGED_URL_CHARACTERS);
}

/** Writes one line a request: those that failed or were slow always, of the others a share. */
@Injectable()
export class RequestLog {
  private readonly share: number;
  private readonly slowMs: number;
  private readonly traceContext: Config['log']['traceContext'];
  private readonly enabled: boolean;
  private shed = { since: -Infinity, lines: 0 };
  private lastMs = 0;
  private time = '';

  constructor(
    @Inject(CONFIG) { log }: Config,
    @Inject(LOG) private readonly logger: Logger,
    @Inject(LOG_LINE) private readonly write: (line: string) => void,
  ) {
    this.share = log.requestSample;
    this.slowMs = log.slowMs;
    this.traceContext = log.traceContext;
    this.enabled = logger.isLevelEnabled('info');
  }

  /** Whether the next successful, fast request gets a line; `traceSampled` tells whether its caller records its trace. */
  samples(traceSampled: boolean): boolean {
    if (!this.enabled) return false;
    return this.share >= 1 || (traceSampled && this.traceContext === 'follow') || Math.random() < this.share;
  }

  /** Whether a request that took so long always gets a line, as a warning. */
  isSlow(durationMs: number): boolean {
    return durationMs >= this.slowMs;
  }

  /** Whether one more request that was shed gets a line; asked once for each. */
  get showsShed(): boolean {
    const now = performance.now();
    if (now - this.shed.since >= 1000) this.shed = { since: now, lines: 0 };
    return this.shed.lines++ < MOST_SHED_LINES;
  }

  /** Writes the line of a request, when it is worth one. */
  ended(request: LoggedRequest): void {
    const { method, url, route, status, durationMs, bytes, requestId, client, traceparent, key, cache, failure } =
      request;
    const slow = this.isSlow(durationMs);
    const trace = this.traceContext === 'off' ? undefined : readTraceparent(traceparent);
    if (status < 400 && !slow && (route === SILENT_ROUTE || !this.samples(trace?.sampled ?? false))) return;
    const line = {
      ...{ method, url: loggedUrl(url), route, status, durationMs, bytes, requestId, client },
      ...(trace && { traceId: trace.traceId, spanId: trace.spanId }),
      ...(key !== undefined && { key }),
      ...(cache !== undefined && { cache }),
      ...(failure !== undefined && { err: failure }),
    };
    if (status >= 500) this.logger.error(line, 'request');
    else if (slow) this.logger.warn(line, 'request');
    else this.logger.info(line, 'request');
  }

  /** Writes the line of what was refused before it was a request. */
  refused(line: Readonly<Record<'route' | 'reason' | 'client', string | undefined>>, status: number): void {
    this.logger.info({ ...line, status }, 'request');
  }

  /**
   * Writes the line of a successful, fast request that is sampled: joined by hand from prepared JSON, with the members and
   * the order of {@link ended}, at a third of its time. The id and the members of `more` must be
   * safe within quotes, as valid ones are.
   */
  line(
    { begin }: PreparedLine,
    status: number,
    durationMs: string,
    bytes: number,
    requestId: string,
    client: string | undefined,
    cache: string,
    /** The trace and the key as JSON, with a comma before each. */
    more: string,
  ): void {
    const clientJson = client === undefined ? '' : `,"client":"${client}"`;
    this.write(
      `{"level":"info","time":"${this.now()}"${begin},"status":${status},"durationMs":${durationMs},"bytes":${bytes},"requestId":"${requestId}"${clientJson}${more},"cache":"${cache}","msg":"request"}\n`,
    );
  }

  private now(): string {
    const now = Date.now();
    if (now !== this.lastMs) {
      this.lastMs = now;
      this.time = new Date(now).toISOString();
    }
    return this.time;
  }
}
