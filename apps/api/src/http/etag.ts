import { hash } from 'node:crypto';

/** Content codings in which an answer can be sent, the plain one first. */
export const CODINGS = ['identity', 'gzip', 'br'] as const;
/** See {@link CODINGS}. */
export type Coding = (typeof CODINGS)[number];

/** The strong validators of an answer, one for each coding: its bytes differ by it. */
export type ETags = Readonly<Record<Coding, string>>;

/**
 * The validators of an answer, from what it is an answer to: equal versions of the dataset and equal questions have equal
 * bytes, so they are known before the answer is. Made when they are looked at: most questions that are refused never are.
 */
export function etagsOf(datasetVersion: string, canonical: string): ETags {
  return new LazyETags(`${datasetVersion}\n${canonical}`);
}

/** Digits of a digest in a validator. */
const DIGITS = 24;

/** Kept with each URL that is remembered: the plain validator, in one piece, of which the others are made when they are looked at. */
class LazyETags implements ETags {
  private plain: string | undefined;

  constructor(private answerTo: string) {}

  get identity(): string {
    if (this.plain === undefined) {
      this.plain = ['"', hash('sha256', this.answerTo, 'hex').slice(0, DIGITS), '"'].join('');
      this.answerTo = '';
    }
    return this.plain;
  }

  get gzip(): string {
    return this.of('gzip');
  }

  get br(): string {
    return this.of('br');
  }

  private of(coding: Coding): string {
    return `${this.identity.slice(0, -1)}-${coding}"`;
  }
}

/**
 * The validator among these that an If-None-Match header names, by the weak comparison of RFC 9110, section 13.1.2;
 * undefined when the client has none of them. A star matches whatever there is.
 */
export function matchingEtag(header: string | undefined, etags: ETags): string | undefined {
  if (header === undefined) return undefined;
  // What nearly every client sends. By name: by a variable's value a getter is looked for anew each time.
  if (header === etags.identity || header === etags.gzip || header === etags.br) return header;
  if (header.trim() === '*') return etags.identity;
  const named = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return CODINGS.map((coding) => etags[coding]).find((etag) => named.includes(etag));
}
