import { originalCalls, type Ask, type Vocabulary } from './mix.js';
import type { Random } from './random.js';

/** A request with what its answer must be. */
export interface ExpectingAsk extends Ask {
  readonly expected: Expected;
}

/** What a right answer is. */
export interface Expected {
  readonly statuses: readonly number[];
  /** Bytes of the body, where they are known beforehand. */
  readonly bodyBytes?: number;
}

/** How the mix is made up; shares are from 0 to 1. */
export interface MixShares {
  readonly conditionalShare: number;
  readonly wrongShare: number;
}

/** Draws requests one after the other, and is told the ETags that answers bring. */
export interface RequestMix {
  readonly draw: () => ExpectingAsk;
  /** What was answered to a path: its ETag is sent with some of the next requests for it. */
  readonly remember: (path: string, etag: string) => void;
  readonly knows: (path: string) => boolean;
}

/** Steepness of Zipf's law for regions, dates and artists: the first is asked for twice as often as the second. */
const EXPONENT = 1.1;
/** ETags that are kept; the paths asked for most are seen first. */
const MOST_ETAGS = 20_000;
/** Browsers that open the page a second time have kept `/filters`. */
const FILTERS_AGAIN = 0.95;
const FULL: Expected = { statuses: [200] };
/** 200 too: the dataset may have been replaced since. */
const NOT_MODIFIED: Expected = { statuses: [304, 200] };

/**
 * The four original calls drawn from a vocabulary, a share of them with an ETag seen before (If-None-Match), and a share
 * of wrong requests. The same vocabulary, shares and random numbers give the same requests as long as the answers bring the same ETags.
 */
export function requestMix(vocabulary: Vocabulary, shares: MixShares, random: Random): RequestMix {
  const drawRight = originalCalls(vocabulary, EXPONENT, random);
  const drawWrong = wrongRequests(vocabulary, random);
  const etags = new Map<string, string>();
  const conditional = (ask: Ask): ExpectingAsk => {
    const etag = etags.get(ask.path);
    const share = ask.path === '/filters' ? FILTERS_AGAIN : shares.conditionalShare;
    if (etag === undefined || random() >= share) return { ...ask, expected: FULL };
    return { path: ask.path, headers: { ...ask.headers, 'If-None-Match': etag }, expected: NOT_MODIFIED };
  };
  return {
    draw: () => (random() < shares.wrongShare ? drawWrong() : conditional(drawRight())),
    remember: (path, etag) => {
      if (etags.size < MOST_ETAGS || etags.has(path)) etags.set(path, etag);
    },
    knows: (path) => etags.has(path) || etags.size >= MOST_ETAGS,
  };
}

/** What clients get wrong: names that are not in the data, parameters out of range, missing or unknown ones, and paths. */
function wrongRequests({ regions, dates, artists }: Vocabulary, random: Random): () => ExpectingAsk {
  const [region, date, artist] = [regions[0], dates[0], artists[0]].map((value) => encodeURIComponent(value ?? ''));
  const nowhere = encodeURIComponent('No Such Region');
  const wrong = (path: string, status: number, bodyBytes?: number): ExpectingAsk => ({
    ...{ path, headers: {} },
    expected: { statuses: [status], ...(bodyBytes !== undefined && { bodyBytes }) },
  });
  const all = [
    wrong(`/rankings?region=${nowhere}&date=${date}&limit=10`, 200, '[]'.length),
    wrong(`/rankings?region=${region}&date=${date}&limit=0`, 400),
    wrong(`/rankings?region=${region}&date=2021-02-30`, 400),
    wrong(`/rankings?region=${region}`, 400),
    wrong(`/artist?artist=${encodeURIComponent('No Such Artist')}`, 404),
    wrong(`/artist?artist=${artist}&offset=-1`, 400),
    wrong(`/tracks?region=${nowhere}`, 200, '[]'.length),
    wrong(`/filters?page=1`, 400),
    wrong(`/nothing-here`, 404),
  ];
  return () => all[Math.floor(random() * all.length)]!;
}

/** Whether the status of an answer is one of those expected. */
export function hasExpectedStatus({ statuses }: Expected, status: number): boolean {
  return statuses.indexOf(status) >= 0;
}

/** Whether the body is what was expected: of the size that is known, or no less than an empty list; none with 304. */
export function hasExpectedBody({ bodyBytes }: Expected, status: number, actualBytes: number): boolean {
  if (status === 304) return actualBytes === 0;
  return bodyBytes === undefined ? actualBytes >= 2 : actualBytes === bodyBytes;
}
