import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { grantOf, withGrant } from '../access/grant.js';
import { CONFIG, type Config } from '../config.js';
import type { TakeRequest } from '../lifecycle/around-requests.js';
import { AnswerWriter, type CacheOutcome, type PreparedAnswer } from './answer-writer.js';
import { chooseCoding } from './content-coding.js';
import { EarlyExchange, EarlyExchanges } from './early-exchanges.js';
import { matchingEtag } from './etag.js';
import { Exchanges } from './exchanges.js';
import { chooseFormat } from './formats/formats.js';
import { Listings, type Loaded } from './listings.js';
import { Questions } from './questions.js';
import { Refusals } from './refusals.js';
import { readHead } from './request-head.js';

/**
 * Answers GETs of lists before the framework sees them: what is in memory in the same turn, by a look-up of the URL as it
 * stands, a list of headers made ahead and a log line of prepared pieces; the rest when it has been fetched. Whatever has
 * a fault, and every other method, form and path, goes to the framework. Both ways ask the same {@link Listings} and write
 * through the same {@link AnswerWriter}.
 */
@Injectable()
export class HotPath {
  constructor(
    private readonly questions: Questions,
    private readonly listings: Listings,
    private readonly writer: AnswerWriter,
    private readonly early: EarlyExchanges,
    private readonly exchanges: Exchanges,
    private readonly refusals: Refusals,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Answers a request, at once or later, or returns false without having touched it. */
  answer(request: IncomingMessage, response: ServerResponse, framework: TakeRequest): boolean {
    if (request.method !== 'GET') return false;
    const startedAt = grantOf(request)?.startedAt ?? performance.now();
    const asked = this.questions.find(request.url!);
    if (!asked) return false;
    const head = readHead(request, this.config.server.trustProxy, this.config.log.traceContext !== 'off');
    if (!head.plain) return false;
    // Where the URL does not say what form it wants, it is known as a question for JSON.
    if (chooseFormat(undefined, head.accept) !== 'json') return false;
    const exchange = new EarlyExchange(request, response, asked, head, startedAt);
    const { question } = asked;
    const etag = matchingEtag(head.ifNoneMatch, question.etags);
    if (etag !== undefined) {
      exchange.outcome = 'l1';
      this.writer.writeNotModifiedEarly(request, response, etag, this.headOf(exchange, 'l1'));
      this.early.atOnce(exchange, asked.counts.notModified);
      this.questions.remember(asked);
      return true;
    }
    const kept = this.listings.peek(question);
    if (!kept && this.listings.refuses(question)) return this.refusals.shed(exchange);
    const known = kept ?? this.listings.makeAtOnce(question);
    const prepared = known && this.writer.prepared(known.value, question, chooseCoding(head.acceptEncoding));
    if (prepared) {
      this.write(exchange, prepared, known.from);
      this.early.atOnce(exchange, asked.counts.ok);
    } else void this.fetch(exchange, known, framework);
    return true;
  }

  private async fetch(exchange: EarlyExchange, known: Loaded | undefined, framework: TakeRequest): Promise<void> {
    const { request, response, asked, head, startedAt } = exchange;
    const giveUp = this.early.begin(exchange);
    try {
      const { prepared, from } = await this.listings.find(asked.question, chooseCoding(head.acceptEncoding), known);
      if (!response.destroyed) this.write(exchange, prepared, from);
    } catch (error) {
      if (response.destroyed) return;
      giveUp();
      this.exchanges.failed(request, { error, startedAt });
      framework(request, response);
    }
  }

  private write(exchange: EarlyExchange, prepared: PreparedAnswer, outcome: CacheOutcome): void {
    exchange.outcome = outcome;
    exchange.bytes = prepared.body.length;
    this.writer.writeEarly(exchange.request, exchange.response, prepared, this.headOf(exchange, outcome));
    // What nobody asked for before may never be asked for again: a flood of it would push out what is.
    if (outcome !== 'miss') this.questions.remember(exchange.asked);
  }

  private headOf({ request, head, asked, startedAt }: EarlyExchange, outcome: CacheOutcome) {
    return { requestId: head.requestId, outcome, startedAt, more: withGrant(asked.question.more, request) };
  }
}
