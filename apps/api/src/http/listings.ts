import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { withGrant } from '../access/grant.js';
import { AnswerCache } from '../cache/answer-cache.js';
import { copyOfAnswer } from '../cache/answer-layout.js';
import type { CachedAnswer } from '../cache/cached-answer.js';
import { JSON_TYPE, type Listing, type PresentedListing } from './answer.js';
import { Admission, shedProblem } from './admission.js';
import { AnswerWriter, type CacheOutcome, type PreparedAnswer, type RequestHead } from './answer-writer.js';
import { chooseCoding, encode, LEAST_CODED_BYTES } from './content-coding.js';
import { matchingEtag, type Coding } from './etag.js';
import { FORMATS } from './formats/formats.js';
import { present } from './formats/present.js';
import type { Presentation } from './formats/presentation.js';
import { Questions, type Question } from './questions.js';

/** An answer ready to be written, and where it came from. */
export interface Found {
  readonly prepared: PreparedAnswer;
  readonly from: CacheOutcome;
}

/** An answer in the form that is kept, and where it came from. */
export interface Loaded {
  readonly value: CachedAnswer;
  readonly from: CacheOutcome;
}

/** Finds the answers to questions for lists: in the cache, in another form, or by asking the resource. */
@Injectable()
export class Listings {
  constructor(
    private readonly cache: AnswerCache,
    private readonly questions: Questions,
    private readonly writer: AnswerWriter,
    private readonly admission: Admission,
  ) {}

  /**
   * For what the framework was left to answer: sends a list, or 304 when the client has it. Rejects with what loading it
   * throws, before anything is sent.
   */
  async send(request: FastifyRequest, reply: FastifyReply, presented: PresentedListing): Promise<void> {
    const { headers, id: requestId, startedAt = performance.now() } = request;
    const question = this.questions.of(presented, headers.accept);
    const head = (outcome: CacheOutcome): RequestHead => {
      request.cacheOutcome = outcome;
      return { requestId, outcome, startedAt, more: withGrant(question.more, request.raw) };
    };
    const etag = matchingEtag(headers['if-none-match'], question.etags);
    if (etag === undefined) {
      const kept = this.peek(question);
      if (!kept && this.refuses(question)) throw shedProblem();
      const known = kept ?? this.makeAtOnce(question);
      const { prepared, from } = await this.find(question, chooseCoding(headers['accept-encoding']), known);
      request.answerBytes = prepared.body.length;
      takeOver(reply);
      this.writer.write(request.raw, reply.raw, prepared, head(from));
    } else {
      takeOver(reply);
      this.writer.writeNotModified(request.raw, reply.raw, etag, head('l1'));
    }
  }

  /** The answer when it is in memory: a view that holds for no longer than the turn of the event loop. */
  peek({ key, listing }: Question): Loaded | undefined {
    const kept = listing.keep ? this.cache.peek(key) : undefined;
    return kept && { value: kept, from: 'l1' };
  }

  /**
   * The answer, which is not in memory, when it is JSON and all that it is made of is there. To be asked for only where it is
   * not refused: it costs half of one that is read, but twice a refusal, so that a flood of such questions has to be refused, too.
   */
  makeAtOnce({ key, listing, canonical }: Question): Loaded | undefined {
    // Other forms are made of the JSON, which takes longer.
    const body = canonical === listing.canonical ? made(listing) : undefined;
    if (!body) return undefined;
    const value = jsonAnswer(body);
    if (listing.keep) this.cache.made(key, value);
    return { value, from: 'miss' };
  }

  /**
   * Whether the answer, which is not in memory, is not to be made: there is too much to do, and nobody else waits for it.
   * The question is one of those refused then.
   */
  refuses(question: Question): boolean {
    if (!this.admission.isFull || !this.isNew(question)) return false;
    this.admission.refuse();
    return true;
  }

  /** The answer in a coding, wherever it is; `known` is what {@link peek} or {@link makeAtOnce} gave. Rejects with what loading it throws. */
  async find(question: Question, coding: Coding, known?: Loaded): Promise<Found> {
    const admitted = !known && this.isNew(question);
    if (admitted) this.admission.begin();
    try {
      const { value, from } = known
        ? { value: copyOfAnswer(known.value), from: known.from }
        : await this.load(question);
      if (coding !== 'identity') await this.code(value, coding, question);
      return { prepared: this.writer.prepared(value, question, coding)!, from };
    } finally {
      if (admitted) this.admission.end();
    }
  }

  private isNew({ listing, key }: Question): boolean {
    return listing.keep && !this.cache.isUnderWay(key);
  }

  /** Has the JSON of a list made and kept, unless it is. */
  async prepare(listing: Listing): Promise<void> {
    await this.loadJson(listing, this.cache.key(listing.dataset.version, listing.canonical));
  }

  private load({ listing, presentation, canonical, key }: Question): Promise<Loaded> {
    if (canonical === listing.canonical) return this.loadJson(listing, key);
    // Other forms are made of the JSON, which is mostly there already.
    const show = async () => {
      const { value } = await this.loadJson(listing, this.cache.key(listing.dataset.version, listing.canonical));
      return shown(value, presentation);
    };
    return listing.keep ? this.cache.get(key, show) : unkept(show);
  }

  private loadJson(listing: Listing, key: string): Promise<Loaded> {
    if (!listing.keep) return unkept(async () => jsonAnswer(await listing.load()));
    return this.cache.get(key, async () => {
      this.admission.loadBegins();
      try {
        return jsonAnswer(await listing.load());
      } finally {
        this.admission.loadEnds();
      }
    });
  }

  /** Adds the answer in a coding, unless it is there or not worth it. */
  private async code(
    answer: CachedAnswer,
    coding: Exclude<Coding, 'identity'>,
    { listing, key }: Question,
  ): Promise<void> {
    const member = coding === 'gzip' ? 'gzip' : 'brotli';
    if (answer.body.length < LEAST_CODED_BYTES || answer[member]) return;
    answer[member] = await encode(answer.body, coding);
    if (listing.keep) this.cache.addCodings(key, answer);
  }
}

/** From now on the answer is not the framework's, nor are the headers that it has set so far: the writer sets all of them. */
function takeOver(reply: FastifyReply): void {
  reply.hijack();
  for (const name of reply.raw.getHeaderNames()) reply.raw.removeHeader(name);
}

function made({ atHand }: Listing): Buffer | undefined {
  try {
    return atHand?.();
  } catch {
    // It fails once more when it is loaded, where it is answered for.
    return undefined;
  }
}

async function unkept(load: () => Promise<CachedAnswer>): Promise<Loaded> {
  return { value: await load(), from: 'miss' };
}

function jsonAnswer(body: Buffer): CachedAnswer {
  return { body, contentType: JSON_TYPE };
}

function shown({ body }: CachedAnswer, presentation: Presentation): CachedAnswer {
  return { body: present(body, presentation), contentType: FORMATS[presentation.format].contentType };
}
