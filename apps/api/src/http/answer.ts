import type { Layout } from './formats/layout.js';
import type { PresentationQuery } from './formats/presentation.js';

/** A finished answer: its bytes go onto the wire as they are, nothing is serialised again. */
export interface Answer {
  /** JSON in UTF-8, unless contentType says otherwise. */
  readonly body: Buffer;
  /** The canonical URL of the answer, sent as `Content-Location`; set when `date=latest` was resolved to a day. */
  readonly contentLocation?: string;
  /** Media type of the body when it is not JSON. */
  readonly contentType?: string;
  /** Further headers, such as Location. */
  readonly headers?: Readonly<Record<string, string>>;
  /** 200 when absent. */
  readonly status?: number;
}

/** Media type of an answer that does not say another. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** An open version of the dataset: another object each time it is opened. */
export interface AskedDataset {
  /** Its content digest. */
  readonly version: string;
}

/**
 * An answer that is known by its question and made only when nobody holds its bytes: what the resources return. How it
 * is represented (format, members, encoding), kept and checked against what the client has, is decided in one place.
 */
export interface Listing {
  /** The path with every parameter that matters, in a fixed order: equal questions have equal text. */
  readonly canonical: string;
  /** What {@link load} reads, whatever is served by then. */
  readonly dataset: AskedDataset;
  /** The canonical URL of the answer when the request said `latest`, see {@link Answer.contentLocation}. */
  readonly contentLocation?: string;
  /** Value of the header Link, with the pages before and after. */
  readonly links?: string | undefined;
  /** Whether the bytes are worth keeping; not where they are at hand or say that there is nothing. */
  readonly keep: boolean;
  /** Makes the JSON if what it is made of is in memory, in the same turn; absent where it never is. */
  readonly atHand?: () => Buffer | undefined;
  /** Makes the JSON. */
  readonly load: () => Promise<Buffer> | Buffer;
}

const EMPTY = Buffer.from('[]');

/** The list without rows, which costs no query and is not kept: it could be asked for in endlessly many ways. */
export function emptyListing(canonical: string, dataset: AskedDataset, links?: string): Listing {
  return { canonical, dataset, links, keep: false, atHand: () => EMPTY, load: () => EMPTY };
}

/** A list together with what the request says of its representation: what a controller returns. */
export interface PresentedListing {
  readonly listing: Listing;
  readonly query: PresentationQuery;
  /** The members that the list has. */
  readonly layout: Layout;
}

/** A list with the request's checked query, of which the representation is taken, and the members of the list. */
export function presentedAs(listing: Listing, query: PresentationQuery, layout: Layout): PresentedListing {
  return { listing, query, layout };
}

/** Whether a value returned by a controller is a {@link PresentedListing}. */
export function isListing(value: unknown): value is PresentedListing {
  return typeof value === 'object' && value !== null && 'listing' in value && 'layout' in value;
}

/** A path with the parameters that are given, in this order: the canonical text of a question, in one piece. */
export function canonicalUrl(path: string, parameters: Readonly<Record<string, string | number | undefined>>): string {
  const pieces = [path];
  for (const name in parameters) {
    const value = parameters[name];
    if (value !== undefined) pieces.push(pieces.length === 1 ? '?' : '&', name, '=', encodeURIComponent(value));
  }
  return pieces.join('');
}

/** An answer in plain text. */
export function textAnswer(text: string): Answer {
  return { body: Buffer.from(text), contentType: 'text/plain; charset=utf-8' };
}

/** An answer that is a page, with headers of its own. */
export function pageAnswer(html: string, headers: Readonly<Record<string, string>>): Answer {
  return { body: Buffer.from(html), contentType: 'text/html; charset=utf-8', headers };
}

/** Whether a value returned by a controller is an {@link Answer}. */
export function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'body' in value && Buffer.isBuffer(value.body);
}
