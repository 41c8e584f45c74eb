import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AnswerCache } from '../cache/answer-cache.js';
import { CONFIG, type Config } from '../config.js';
import { Dataset } from '../dataset/dataset.js';
import { Drain } from '../lifecycle/drain.js';
import { Metrics } from '../metrics/metrics.js';
import type { RequestSeries } from '../metrics/request-series.js';
import { AnswerWriter } from './answer-writer.js';
import { chooseCoding } from './content-coding.js';
import { matchingEtag, type ETags } from './etag.js';
import { millisecondsText } from './milliseconds.js';
import { readHead, type ReadHead } from './request-head.js';
import { prepareLine, RequestLog, type PreparedLine } from './request-log.js';

/** What is known of a URL once it has been answered. */
export interface KnownQuestion {
  /** Key of the answer in the cache. */
  readonly key: string;
  readonly etags: ETags;
  /** Headers that belong to this URL, as a flat list. */
  readonly more: readonly string[];
}

interface KnownUrl extends KnownQuestion {
  /** The dataset's version that it was answered from. */
  readonly version: string;
  readonly line: PreparedLine;
  readonly ok: RequestSeries;
  readonly notModified: RequestSeries;
}

/** URLs that are remembered, and how long they may be: some 3 MB at the most. */
const MOST_URLS = 4096;
const MAX_URL_CHARACTERS = 512;
/** Other forms of a list than JSON are asked for by Accept, and decided elsewhere. */
const JSON_ACCEPTED = new Set([undefined, '*/*', 'application/json', 'application/json, text/plain, */*']);

/**
 * Answers requests whose bytes are in memory before the framework sees them: a look-up by the URL as it stands, a list of
 * headers made ahead, a log line of prepared pieces. A URL comes here when it has been answered the long way once; what
 * this does not know, or is not meant for, goes that way. Both ways write through {@link AnswerWriter}.
 */
@Injectable()
export class HotPath {
  private urls = new Map<string, KnownUrl>();
  private older = new Map<string, KnownUrl>();

  constructor(
    private readonly dataset: Dataset,
    private readonly cache: AnswerCache,
    private readonly writer: AnswerWriter,
    private readonly metrics: Metrics,
    private readonly log: RequestLog,
    private readonly drain: Drain,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Remembers a URL that was answered 200 or 304. */
  remember(request: FastifyRequest, question: KnownQuestion): void {
    const { url, method } = request;
    if (method !== 'GET' || url.length > MAX_URL_CHARACTERS) return;
    const route = request.routeOptions.url ?? url;
    const of = (status: number) => this.metrics.requests.of(route, 'GET', status);
    this.keep(url, {
      ...question,
      version: this.dataset.version,
      line: prepareLine('GET', url, route),
      ok: of(200),
      notModified: of(304),
    });
  }

  /** Answers a request, or returns false without having touched it. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    if (request.method !== 'GET' || this.drain.isDraining) return false;
    const known = this.find(request.url!);
    // A new version of the dataset answers the same URLs with other bytes.
    if (!known || known.version !== this.dataset.version) return false;
    const startedAt = performance.now();
    const head = readHead(request, this.config.server.trustProxy);
    if (!JSON_ACCEPTED.has(head.accept)) return false;
    const etag = matchingEtag(head.ifNoneMatch, known.etags);
    const of = { requestId: head.requestId, outcome: 'l1', startedAt, more: known.more } as const;
    if (etag !== undefined) {
      this.writer.writeNotModified(request, response, etag, of);
      this.finish(known, known.notModified, 0, startedAt, head);
      return true;
    }
    const answer = this.cache.peek(known.key);
    const prepared = answer && this.writer.prepared(answer, known.etags, chooseCoding(head.acceptEncoding));
    if (!prepared) return false;
    this.writer.write(request, response, prepared, of);
    this.finish(known, known.ok, prepared.body.length, startedAt, head);
    return true;
  }

  private finish(known: KnownUrl, series: RequestSeries, bytes: number, startedAt: number, head: ReadHead): void {
    const elapsedMs = performance.now() - startedAt;
    series.record(elapsedMs / 1000, bytes);
    if (!this.log.samples) return;
    this.log.line(
      known.line,
      series.status,
      millisecondsText(elapsedMs),
      bytes,
      head.requestId,
      head.client,
      'l1',
      head.trace,
    );
  }

  /** Two generations: what was not asked for while the newer one filled is forgotten with the older one. */
  private find(url: string): KnownUrl | undefined {
    const known = this.urls.get(url);
    if (known) return known;
    const old = this.older.get(url);
    if (old) this.keep(url, old);
    return old;
  }

  private keep(url: string, known: KnownUrl): void {
    if (this.urls.size >= MOST_URLS / 2) {
      this.older = this.urls;
      this.urls = new Map();
    }
    this.urls.set(url, known);
  }
}
