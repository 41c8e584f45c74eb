import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AnswerCache } from '../cache/answer-cache.js';
import type { CachedAnswer } from '../cache/cached-answer.js';
import { Dataset } from '../dataset/dataset.js';
import { JSON_TYPE, type Listing, type PresentedListing } from './answer.js';
import { AnswerWriter, type CacheOutcome, type RequestHead } from './answer-writer.js';
import { chooseCoding, encode, LEAST_CODED_BYTES } from './content-coding.js';
import { etagsOf, matchingEtag, type Coding } from './etag.js';
import { FORMATS } from './formats/formats.js';
import { present } from './formats/present.js';
import { choosePresentation, presentedUrl, type Presentation } from './formats/presentation.js';
import { HotPath } from './hot-path.js';
import { ProblemError } from './problem.js';

interface Found {
  readonly answer: CachedAnswer;
  readonly from: CacheOutcome;
}

/** Answers with lists: decides on the representation, asks the cache for it, and leaves the next request to the hot path. */
@Injectable()
export class Listings {
  constructor(
    private readonly cache: AnswerCache,
    private readonly dataset: Dataset,
    private readonly writer: AnswerWriter,
    private readonly hot: HotPath,
  ) {}

  /** Sends a list, or 304 when the client has it. Rejects with what loading it throws, before anything is sent. */
  async send(
    request: FastifyRequest,
    reply: FastifyReply,
    { listing, query, layout }: PresentedListing,
  ): Promise<void> {
    const presentation = choosePresentation(query, request.headers.accept, layout);
    if (!presentation) throw new ProblemError('not-acceptable');
    const url = presentedUrl(listing.canonical, presentation);
    const etags = etagsOf(this.dataset.version, url);
    const more = headersOf(listing, url);
    const head = (outcome: CacheOutcome): RequestHead => {
      request.cacheOutcome = outcome;
      return { requestId: request.id, outcome, startedAt: request.startedAt ?? performance.now(), more };
    };
    const etag = matchingEtag(request.headers['if-none-match'], etags);
    if (etag === undefined) {
      const { answer, from } = await this.find(listing, url, presentation);
      const coding = chooseCoding(request.headers['accept-encoding']);
      await this.code(answer, coding, url, listing.keep);
      const prepared = this.writer.prepared(answer, etags, coding)!;
      request.answerBytes = prepared.body.length;
      reply.hijack();
      this.writer.write(request.raw, reply.raw, prepared, head(from));
    } else {
      reply.hijack();
      this.writer.writeNotModified(request.raw, reply.raw, etag, head('l1'));
    }
    // The hot path knows URLs only: one whose form depends on Accept must not be answered there in another.
    const settled = query.format !== undefined || presentation.format === 'json';
    if (listing.keep && settled) this.hot.remember(request, { key: this.cache.key(url), etags, more });
  }

  /** Has the JSON of a list made and kept, unless it is. */
  async prepare(listing: Listing): Promise<void> {
    await this.cache.get(listing.canonical, () => loadJson(listing));
  }

  private async find(listing: Listing, url: string, presentation: Presentation): Promise<Found> {
    const show = ({ body }: CachedAnswer) => ({
      body: present(body, presentation),
      contentType: FORMATS[presentation.format].contentType,
    });
    if (!listing.keep) return { answer: show(await loadJson(listing)), from: 'miss' };
    const json = () => this.cache.get(listing.canonical, () => loadJson(listing));
    // Other forms are made of the JSON, which is mostly there already.
    return url === listing.canonical ? json() : this.cache.get(url, async () => show((await json()).answer));
  }

  /** Adds the answer in a coding, unless it is there or not worth it. */
  private async code(answer: CachedAnswer, coding: Coding, url: string, kept: boolean): Promise<void> {
    if (coding === 'identity' || answer.body.length < LEAST_CODED_BYTES) return;
    const member = coding === 'gzip' ? 'gzip' : 'brotli';
    if (answer[member]) return;
    answer[member] = await encode(answer.body, coding);
    if (kept) this.cache.grown(url);
  }
}

async function loadJson({ load }: Listing): Promise<CachedAnswer> {
  return { body: await load(), contentType: JSON_TYPE };
}

/** Headers of a list that belong to its URL. */
function headersOf({ contentLocation, links }: Listing, url: string): readonly string[] {
  return [
    ...(contentLocation === undefined ? [] : ['Content-Location', url]),
    ...(links === undefined ? [] : ['Link', links]),
  ];
}
