import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { CachedAnswer } from '../cache/cached-answer.js';
import { CONFIG, type Config } from '../config.js';
import { Drain } from '../lifecycle/drain.js';
import { UnsentAnswers } from '../lifecycle/unsent-answers.js';
import { LEAST_CODED_BYTES } from './content-coding.js';
import type { Coding } from './etag.js';
import { millisecondsText } from './milliseconds.js';
import { ListHead, notModifiedHead, type OwnHead } from './own-head.js';
import { DATA_POLICY } from './problem.js';
import type { Question } from './questions.js';
import { headText, WholeAnswers } from './whole-answers.js';

/** Where the bytes of an answer came from, as `X-Cache` says. */
export type CacheOutcome = 'l1' | 'l2' | 'miss';

/** An answer's bytes in one coding with the headers that are its own. */
export interface PreparedAnswer {
  readonly own: OwnHead;
  readonly body: Buffer;
}

/** Headers of one request's answer. */
export interface RequestHead {
  readonly requestId: string;
  readonly outcome: CacheOutcome;
  readonly startedAt: number;
  /** Further headers as a flat list. */
  readonly more: readonly string[];
}

/** Request headers that decide whether there is an answer, where keys are asked for. */
export const VARY_BY_KEY = 'Authorization, X-API-Key';

/** What may stand in no value of a header (RFC 9110, section 5.5): Node refuses it, so it is left to Node. */
const INVALID = /[^\t\x20-\x7e\x80-\xff]/;
const NOTHING = Buffer.alloc(0);

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

/** Headers that all answers of a kind have, as a flat list and as text. */
interface CommonHead {
  readonly list: readonly string[];
  readonly text: string;
}

/** Puts lists on the wire, from memory or fresh: one way for both, so that they cannot differ. */
@Injectable()
export class AnswerWriter {
  private readonly common: CommonHead;
  /** Those of {@link common} that a 304 has. */
  private readonly revalidated: CommonHead;
  private lastNotModified = { etag: '', own: notModifiedHead(''), body: NOTHING };
  /** What sends small answers. */
  readonly whole: WholeAnswers;
  /** Whether Node would take {@link common}, which is in part what the settings say. */
  private readonly isValid: boolean;
  private readonly origins: ReadonlySet<string> | undefined;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly drain: Drain,
    private readonly unsent: UnsentAnswers,
  ) {
    const { server, access } = config;
    this.whole = new WholeAnswers(server.keepAliveTimeoutMs);
    const withKeys = access.keysFile !== undefined;
    const anyOrigin = server.corsOrigins.includes('*');
    this.origins = anyOrigin ? undefined : new Set(server.corsOrigins);
    const revalidated = [
      ...['Cache-Control', withKeys ? privateCacheControl(server.cacheControl) : server.cacheControl],
      ...[
        'Vary',
        ['Accept, Accept-Encoding', ...(anyOrigin ? [] : ['Origin']), ...(withKeys ? [VARY_BY_KEY] : [])].join(', '),
      ],
      ...(anyOrigin ? ['Access-Control-Allow-Origin', '*'] : []),
    ];
    const common = [
      ...revalidated,
      ...['X-Content-Type-Options', 'nosniff', 'Content-Security-Policy', DATA_POLICY],
      ...['Access-Control-Expose-Headers', exposedHeaders(config).join(', ')],
    ];
    this.revalidated = { list: revalidated, text: headText(revalidated) };
    this.common = { list: common, text: headText(common) };
    this.isValid = areValid(common);
  }

  /**
   * The answer to a question in a coding, or undefined when that has not been made yet; what is short is sent plain. Its own
   * headers are kept with the question.
   */
  prepared(
    answer: CachedAnswer,
    { etags, heads }: Pick<Question, 'etags' | 'heads'>,
    coding: Coding,
  ): PreparedAnswer | undefined {
    const used = answer.body.length < LEAST_CODED_BYTES ? 'identity' : coding;
    const body = used === 'identity' ? answer.body : used === 'gzip' ? answer.gzip : answer.brotli;
    if (!body) return undefined;
    let own = heads[used];
    if (own?.length !== body.length)
      own = heads[used] = new ListHead(answer.contentType, body.length, used, etags[used]);
    return { own, body };
  }

  /** Sends an answer whose bytes stay as they are; without its body to a HEAD request. */
  write(request: IncomingMessage, response: ServerResponse, { own, body }: PreparedAnswer, of: RequestHead): void {
    response.writeHead(200, this.headOf(request, own.list, this.common, of));
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    response.end(body);
    this.unsent.track(response, body);
  }

  /** Sends an answer to a GET whose response nobody has touched, in one piece if it can be. Of memory it may be a view. */
  writeEarly(request: IncomingMessage, response: ServerResponse, prepared: PreparedAnswer, of: RequestHead): void {
    const { own, body } = prepared;
    const inMemory = of.outcome === 'l1';
    if (body.length < LARGE_BYTES && this.writeWhole(request, response, 200, prepared, of)) {
      // What has been copied into the piece and is gone at once, as nearly all is, is not counted, which would cost it time.
      if (!inMemory) this.unsent.track(response, body);
    } else this.write(request, response, inMemory ? { own, body: Buffer.from(body) } : prepared, of);
  }

  /** Tells the client that it has the bytes already. */
  writeNotModified(request: IncomingMessage, response: ServerResponse, etag: string, of: RequestHead): void {
    response.writeHead(304, this.headOf(request, this.notModified(etag).own.list, this.revalidated, of));
    response.end();
  }

  /** The same to a GET whose response nobody has touched. */
  writeNotModifiedEarly(request: IncomingMessage, response: ServerResponse, etag: string, of: RequestHead): void {
    if (!this.writeWhole(request, response, 304, this.notModified(etag), of))
      this.writeNotModified(request, response, etag, of);
  }

  private writeWhole(
    request: IncomingMessage,
    response: ServerResponse,
    status: 200 | 304,
    { own, body }: PreparedAnswer,
    of: RequestHead,
  ): boolean {
    const common = status === 200 ? this.common : this.revalidated;
    const more = this.moreOf(request, of);
    if (this.drain.isDraining || !this.isValid || !areValid(more)) return false;
    const { requestId, outcome } = of;
    const head = `${own.text}${common.text}X-Request-Id: ${requestId}\r\nX-Cache: ${outcome}\r\nServer-Timing: ${timing(of)}\r\n${headText(more)}`;
    return this.whole.send(request, response, status, head, body);
  }

  /** What is its own of the headers that a client is to store anew (RFC 9110, section 15.4.5), made once per validator in turn. */
  private notModified(etag: string): PreparedAnswer {
    if (this.lastNotModified.etag !== etag) this.lastNotModified = { etag, own: notModifiedHead(etag), body: NOTHING };
    return this.lastNotModified;
  }

  private headOf(request: IncomingMessage, own: readonly string[], common: CommonHead, of: RequestHead): string[] {
    const { requestId, outcome } = of;
    return [
      ...own,
      ...common.list,
      ...['X-Request-Id', requestId, 'X-Cache', outcome, 'Server-Timing', timing(of)],
      ...this.moreOf(request, of),
      ...(this.drain.isDraining ? ['Connection', 'close'] : []),
    ];
  }

  private moreOf(request: IncomingMessage, { more }: RequestHead): readonly string[] {
    if (!this.origins) return more;
    const { origin } = request.headers;
    return origin !== undefined && this.origins.has(origin) ? [...more, 'Access-Control-Allow-Origin', origin] : more;
  }
}

function timing({ outcome, startedAt }: RequestHead): string {
  return `cache;desc="${outcome}", total;dur=${millisecondsText(performance.now() - startedAt)}`;
}

function areValid(values: readonly string[]): boolean {
  return !values.some((value) => INVALID.test(value));
}
