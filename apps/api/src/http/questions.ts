import { Injectable } from '@nestjs/common';
import { ClockMap } from '#libs/read-through';
import { AnswerCache } from '../cache/answer-cache.js';
import { Dataset } from '../dataset/dataset.js';
import { Metrics } from '../metrics/metrics.js';
import type { RouteCounts } from '../metrics/request-series.js';
import type { Listing, PresentedListing } from './answer.js';
import { etagsOf, type ETags } from './etag.js';
import { choosePresentation, presentedUrl, type Presentation } from './formats/presentation.js';
import { ListRoutes } from './list-routes.js';
import type { OwnHeads } from './own-head.js';
import { ProblemError } from './problem.js';
import type { PreparedLine } from './request-log.js';

/** A list in the form that was asked for: all that can be said of an answer before it is made. */
export interface Question {
  readonly listing: Listing;
  readonly presentation: Presentation;
  /** The canonical URL of the answer: equal ones have equal bytes. */
  readonly canonical: string;
  /** Key of the answer in the cache. */
  readonly key: string;
  readonly etags: ETags;
  /** Headers of its answer, once it was sent. */
  readonly heads: OwnHeads;
  /** Headers that belong to the URL, as a flat list. */
  readonly more: readonly string[];
}

/** A URL that was read: what it asks, and what it is counted and logged under. */
export interface AskedUrl {
  readonly url: string;
  readonly route: string;
  readonly question: Question;
  readonly counts: RouteCounts;
  /** Made when the first line is written. */
  line?: PreparedLine;
  /** Whether it was kept for the next request of the same URL. */
  isRemembered: boolean;
}

/** URLs that are remembered, and how long they may be: some 10 MB at the most. */
const MOST_URLS = 4096;
const MAX_URL_CHARACTERS = 512;

/** Turns requests for lists into questions, and remembers those of URLs that were answered. */
@Injectable()
export class Questions {
  private readonly urls = new ClockMap<AskedUrl>(MOST_URLS);

  constructor(
    private readonly dataset: Dataset,
    private readonly cache: AnswerCache,
    private readonly metrics: Metrics,
    private readonly routes: ListRoutes,
  ) {
    // What is remembered holds on to the version that it is asked of.
    dataset.whenReplaced(() => this.urls.clear());
  }

  /** The question that a list and an Accept header make. Throws the problem `not-acceptable` when the header excludes every form. */
  of({ listing, query, layout }: PresentedListing, accept: string | undefined): Question {
    const presentation = choosePresentation(query, accept, layout);
    if (!presentation) throw new ProblemError('not-acceptable');
    const canonical = presentedUrl(listing.canonical, presentation);
    const { version } = listing.dataset;
    return {
      ...{ listing, presentation, canonical },
      key: this.cache.key(version, canonical),
      etags: etagsOf(version, canonical),
      heads: {},
      more: headersOf(listing, canonical),
    };
  }

  /**
   * What a URL asks of a client that takes JSON: remembered, or read anew. Undefined when it is not exactly the URL of a
   * list, or one with a fault, which the framework finds again and answers.
   */
  find(url: string): AskedUrl | undefined {
    const known = this.urls.find(url);
    return known !== undefined && this.isCurrent(known) ? known : this.read(url);
  }

  /**
   * Remembers a URL that is answered for the second time lately, unless its answer is not worth keeping. There are several
   * times as many answers in memory: what is remembered of those that hardly anybody asks for would be garbage in a moment.
   */
  remember(asked: AskedUrl): void {
    if (asked.isRemembered) return;
    const { url, question } = asked;
    if (question.listing.keep && this.isCurrent(asked) && url.length <= MAX_URL_CHARACTERS)
      asked.isRemembered = this.urls.offer(url, asked);
  }

  /** A new version of the dataset answers the same URLs with other bytes; one that was opened anew has closed what was known. */
  private isCurrent({ question }: AskedUrl): boolean {
    return this.dataset.isOpen && question.listing.dataset === this.dataset.current;
  }

  private read(url: string): AskedUrl | undefined {
    const mark = url.indexOf('?');
    const route = this.routes.find(mark < 0 ? url : url.slice(0, mark));
    if (!route || !this.dataset.isOpen) return undefined;
    const { path } = route;
    try {
      const question = this.of(route.ask(mark < 0 ? '' : url.slice(mark + 1)), undefined);
      return { url, route: path, question, counts: this.metrics.requests.ofRoute(path), isRemembered: false };
    } catch {
      return undefined;
    }
  }
}

/** Headers of a list that belong to its URL. */
function headersOf({ contentLocation, links }: Listing, canonical: string): readonly string[] {
  if (contentLocation === undefined && links === undefined) return NO_HEADERS;
  return [
    ...(contentLocation === undefined ? [] : ['Content-Location', canonical]),
    ...(links === undefined ? [] : ['Link', links]),
  ];
}

const NO_HEADERS: readonly string[] = [];
