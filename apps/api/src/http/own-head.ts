import type { Coding } from './etag.js';
import { headText, statusLine } from './whole-answers.js';

/** The headers that are an answer's own. */
export interface OwnHead {
  /** As a flat list. */
  readonly list: readonly string[];
  /** The status line and these headers as text. */
  readonly text: string;
  /** Bytes of the body that they are of. */
  readonly length: number;
}

/** Own heads by coding, kept with the question that they belong to. */
export type OwnHeads = Partial<Record<Coding, OwnHead>>;

/**
 * Those of a list in a coding. Thousands are kept, with the URLs that are remembered: so the text is in one piece, where one
 * that was put together by `+` would keep each of its pieces as an object, and the list is made when it is asked for.
 */
export class ListHead implements OwnHead {
  private made: string | undefined;

  constructor(
    private readonly contentType: string,
    readonly length: number,
    private readonly coding: Coding,
    private readonly etag: string,
  ) {}

  get list(): readonly string[] {
    const { contentType, length, coding, etag } = this;
    return [
      ...['Content-Type', contentType, 'Content-Length', String(length)],
      ...(coding === 'identity' ? [] : ['Content-Encoding', coding]),
      ...['ETag', etag],
    ];
  }

  get text(): string {
    return (this.made ??= [statusLine(200), headText(this.list)].join(''));
  }
}

/** Those of an answer that tells the client that it has the bytes already. */
export function notModifiedHead(etag: string): OwnHead {
  const list = ['ETag', etag];
  return { list, text: statusLine(304) + headText(list), length: 0 };
}
