import type { Vocabulary } from '../mix.js';
import type { HistogramData } from './histogram.js';
import type { Target } from './loopback.js';

/** Requests in turn: each path once, or from the start again for as long as the run lasts. */
export interface ListedRequests {
  readonly kind: 'list';
  readonly method: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  readonly paths: readonly string[];
  readonly repeat: boolean;
}

/** Requests drawn from the mix of the four original calls. */
export interface MixedRequests {
  readonly kind: 'mix';
  readonly vocabulary: Vocabulary;
  readonly exponent: number;
  readonly seed: number;
  readonly filtersEtag?: string;
}

/** Each connection asks again as soon as it is answered. */
export interface ClosedModel {
  readonly kind: 'closed';
  readonly connections: number;
}

/** Requests come at a constant rate, whatever the answers do; those that find no connection free wait, and that counts. */
export interface OpenModel {
  readonly kind: 'open';
  readonly connections: number;
  readonly requestsPerSecond: number;
  /** Whether all connections are opened before the first request is due, as those of a proxy are; otherwise each when it is needed. */
  readonly openFirst?: boolean;
  /** Whether they are used in turn; otherwise the one that was used last goes first, which takes less time. */
  readonly inTurn?: boolean;
}

/** Load beyond what a server can take, which it is right to refuse in part. */
export interface Overload {
  /** Statuses with which a request is refused: these are no errors, and counted apart. */
  readonly refusals: readonly number[];
  /** Milliseconds after which a client gives up: the answer it waits for, or the request that it found no free connection for. */
  readonly patienceMs: number;
}

/** What the generator is to do, in one run that ends by itself. */
export interface LoadPlan extends Target {
  readonly requests: ListedRequests | MixedRequests;
  readonly model: ClosedModel | OpenModel;
  /** The run ends after this time or so many requests, whichever comes first. */
  readonly seconds: number;
  readonly maxRequests: number;
  /** Statuses that are right; others are errors. */
  readonly statuses: readonly number[];
  /** Whether X-Cache is counted and the time in Server-Timing kept; costs the generator time. */
  readonly observe: boolean;
  /** What is no error as there is too much to do; in the open model only. */
  readonly overload?: Overload;
}

/** What came of load that is beyond what a server can take. */
export interface OverloadResult {
  /** From when a request was sent, whatever it had waited for a connection, to the last byte of its right answer. */
  readonly answered: HistogramData;
  /** The same of those that were refused. */
  readonly refused: HistogramData;
  /** Refusals by the header Retry-After, `none` where there was none. */
  readonly retryAfter: Readonly<Record<string, number>>;
  /** Requests that found no free connection in time. */
  readonly unsent: number;
}

/** What a run came to. */
export interface LoadResult {
  /** From the start, when connections are opened, to the last answer. */
  readonly seconds: number;
  /** Right answers. */
  readonly requests: number;
  /** Requests without a right answer, by what went wrong. */
  readonly errors: Readonly<Record<string, number>>;
  readonly bodyBytes: number;
  /** From when a request was due (open) or sent (closed) to the last byte of its answer. */
  readonly latency: HistogramData;
  /** `total;dur` of Server-Timing, when observed. */
  readonly serverTime: HistogramData;
  /** Answers by X-Cache, when observed. */
  readonly caches: Readonly<Record<string, number>>;
  /** Where the plan expects it. */
  readonly overload?: OverloadResult;
  /** Processor time of the generator itself. */
  readonly cpuSeconds: number;
}

/** Bounds of every run, whoever asks. */
export const LIMITS = { seconds: 3600, maxRequests: 100_000_000, connections: 4096 } as const;
