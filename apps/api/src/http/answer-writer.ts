import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { CachedAnswer } from '../cache/cached-answer.js';
import { CONFIG, type Config } from '../config.js';
import { Drain } from '../lifecycle/drain.js';
import { UnsentAnswers } from '../lifecycle/unsent-answers.js';
import { LEAST_CODED_BYTES } from './content-coding.js';
import type { Coding, ETags } from './etag.js';
import { millisecondsText } from './milliseconds.js';

/** Where the bytes of an answer came from, as `X-Cache` says. */
export type CacheOutcome = 'l1' | 'l2' | 'miss';

/** An answer's bytes in one coding with its headers. */
export interface PreparedAnswer {
  readonly head: PreparedHead;
  readonly body: Buffer;
}

/**
 * Headers as a flat list that ends in those of a request, which are written over each time: Node reads the list while
 * `writeHead` runs, so none has to be made for a request.
 */
export type PreparedHead = string[];

/** Prepared answers, kept with the answer they are of. */
export interface WireAnswer extends CachedAnswer {
  prepared?: Partial<Record<Coding, PreparedAnswer>>;
}

/** Headers of one request's answer. */
export interface RequestHead {
  readonly requestId: string;
  readonly outcome: CacheOutcome;
  readonly startedAt: number;
  /** Further headers as a flat list. */
  readonly more: readonly string[];
}

/** The headers of a request, at the end of each {@link PreparedHead} with their values left open. */
const OF_REQUEST = ['X-Request-Id', '', 'X-Cache', '', 'Server-Timing', ''] as const;

/** Request headers that decide whether there is an answer, where keys are asked for. */
export const VARY_BY_KEY = 'Authorization, X-API-Key';

/** From so many bytes on an answer may not fit into what the system takes for a client that does not read. */
const LARGE_BYTES = 32_768;

/** Response headers that pages of other origins may read, whether or not keys are asked for. */
export const EXPOSED_HEADERS = [
  ...['X-Request-Id', 'Server-Timing', 'Content-Location', 'Retry-After', 'ETag', 'Link', 'X-Cache'],
];
const EXPOSED_WITH_KEYS = ['RateLimit-Policy', 'RateLimit', 'WWW-Authenticate'];

/** Response headers that pages of other origins may read. */
export function exposedHeaders({ access }: Config): readonly string[] {
  return access.keysFile === undefined ? EXPOSED_HEADERS : [...EXPOSED_HEADERS, ...EXPOSED_WITH_KEYS];
}

/** A Cache-Control for answers that only who has a key may see: what it says of shared caches gives way to `private`. */
export function privateCacheControl(value: string): string {
  const kept = value
    .split(',')
    .map((directive) => directive.trim())
    .filter((directive) => !/^(?:public|private|proxy-revalidate|s-maxage)\b|^$/i.test(directive));
  return ['private', ...kept].join(', ');
}

/**
 * Puts lists on the wire, from memory or fresh: one way for both, so that they cannot differ. Headers go out as a flat
 * list made ahead, which Node writes without looking at each.
 */
@Injectable()
export class AnswerWriter {
  private readonly common: readonly string[];
  /** Those of {@link common} that a 304 has. */
  private readonly revalidated: readonly string[];
  private lastNotModified: PreparedHead | undefined;
  private readonly origins: ReadonlySet<string> | undefined;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly drain: Drain,
    private readonly unsent: UnsentAnswers,
  ) {
    const { server, access } = config;
    const withKeys = access.keysFile !== undefined;
    const anyOrigin = server.corsOrigins.includes('*');
    this.origins = anyOrigin ? undefined : new Set(server.corsOrigins);
    this.revalidated = [
      ...['Cache-Control', withKeys ? privateCacheControl(server.cacheControl) : server.cacheControl],
      ...[
        'Vary',
        ['Accept, Accept-Encoding', ...(anyOrigin ? [] : ['Origin']), ...(withKeys ? [VARY_BY_KEY] : [])].join(', '),
      ],
      ...(anyOrigin ? ['Access-Control-Allow-Origin', '*'] : []),
    ];
    this.common = [
      ...this.revalidated,
      ...['X-Content-Type-Options', 'nosniff'],
      ...['Access-Control-Expose-Headers', exposedHeaders(config).join(', ')],
    ];
  }

  /**
   * The answer in a coding, or undefined when that has not been made yet; what is short is sent plain. It is kept with the
   * answer unless `once` says that this may be the only time.
   */
  prepared(answer: WireAnswer, etags: ETags, coding: Coding, once = false): PreparedAnswer | undefined {
    const used = answer.body.length < LEAST_CODED_BYTES ? 'identity' : coding;
    const known = answer.prepared?.[used];
    if (known) return known;
    const body = used === 'identity' ? answer.body : used === 'gzip' ? answer.gzip : answer.brotli;
    if (!body) return undefined;
    const head = ['Content-Type', answer.contentType, 'Content-Length', String(body.length)];
    if (used !== 'identity') head.push('Content-Encoding', used);
    head.push('ETag', etags[used], ...this.common, ...OF_REQUEST);
    const prepared = { head, body };
    if (!once) (answer.prepared ??= {})[used] = prepared;
    return prepared;
  }

  /** Sends an answer; without its body to a HEAD request. */
  write(request: IncomingMessage, response: ServerResponse, { head, body }: PreparedAnswer, of: RequestHead): void {
    response.writeHead(200, this.headOf(request, head, of) as string[]);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.end(body);
    // What is in memory anyway and goes out at once, as nearly all does, is not counted, which would cost it time.
    if (of.outcome !== 'l1' || body.length >= LARGE_BYTES) this.unsent.track(response, body);
  }

  /** Tells the client that it has the bytes already. */
  writeNotModified(request: IncomingMessage, response: ServerResponse, etag: string, of: RequestHead): void {
    response.writeHead(304, this.headOf(request, this.notModifiedHead(etag), of) as string[]);
    response.end();
  }

  /** The headers that a client is to store anew (RFC 9110, section 15.4.5), made once per validator in turn. */
  private notModifiedHead(etag: string): PreparedHead {
    if (this.lastNotModified?.[1] !== etag) this.lastNotModified = ['ETag', etag, ...this.revalidated, ...OF_REQUEST];
    return this.lastNotModified;
  }

  private headOf(request: IncomingMessage, head: PreparedHead, of: RequestHead): readonly string[] {
    const { requestId, outcome, startedAt, more } = of;
    const end = head.length;
    head[end - 5] = requestId;
    head[end - 3] = outcome;
    head[end - 1] = `cache;desc="${outcome}", total;dur=${millisecondsText(performance.now() - startedAt)}`;
    if (more.length === 0 && !this.origins && !this.drain.isDraining) return head;
    const { origin } = this.origins ? request.headers : {};
    return [
      ...head,
      ...more,
      ...(origin !== undefined && this.origins?.has(origin) ? ['Access-Control-Allow-Origin', origin] : []),
      ...(this.drain.isDraining ? ['Connection', 'close'] : []),
    ];
  }
}
