/** What a kind of problem means: its status, its title, and what its page in the documentation says. */
export interface ProblemKind {
  /** HTTP status. */
  readonly status: number;
  /** Short words for the kind; also the `error` member that clients of the original service read. */
  readonly title: string;
  /** What happened and what to do about it, for the page at the problem's `type`. */
  readonly meaning: string;
}

/** Every problem that the service answers with; the one place where a code gets its status and its words. */
export const PROBLEMS = {
  'invalid-parameter': {
    status: 400,
    title: 'Invalid parameter',
    meaning:
      'A query parameter is missing, unknown, given more than once, or has a value that is not allowed. The member `errors` lists each one: `parameter` is its name, `message` says what would be right.',
  },
  'malformed-url': {
    status: 400,
    title: 'Malformed URL',
    meaning:
      'The path holds a percent sign that is not followed by two hexadecimal digits, or bytes that are not UTF-8.',
  },
  'malformed-request': {
    status: 400,
    title: 'Malformed request',
    meaning: 'What arrived is not HTTP/1.1, so it was not read any further and the connection is closed.',
  },
  'api-key-required': {
    status: 401,
    title: 'API key required',
    meaning:
      'This service answers who has an API key, sent as `Authorization: Bearer KEY` or `X-API-Key: KEY`. There was none in the request, there were several that differ, or it is not known here; `detail` says which.',
  },
  'artist-not-found': {
    status: 404,
    title: 'Artist not found',
    meaning:
      'No row of the dataset has exactly this artist string. It is compared as a whole, capital letters, accents and further artists included; `/filters` lists all of them.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    meaning: 'There is nothing at this path. The routes are listed at `/docs`.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    meaning:
      'The path exists, the method does not: everything here is read only. The header `Allow` lists the methods.',
  },
  'not-acceptable': {
    status: 406,
    title: 'Not acceptable',
    meaning:
      'The header `Accept` excludes every form that a list has: JSON, NDJSON, CSV and Arrow. Leave it out, add `*/*`, or say `format=`, which goes before it.',
  },
  'request-timeout': {
    status: 408,
    title: 'Request timeout',
    meaning: 'The request did not arrive completely in time, so the connection is closed.',
  },
  'url-too-long': {
    status: 414,
    title: 'URL too long',
    meaning: 'A part of the path is longer than any name that exists here.',
  },
  'expectation-failed': {
    status: 417,
    title: 'Expectation failed',
    meaning: 'The header `Expect` asks for something that is not known here; only `100-continue` is.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    meaning:
      'The API key has been used for more requests within a minute than it may be. Try again after the seconds in `Retry-After`; the headers `RateLimit-Policy` and `RateLimit` of every answer tell the limit and what is left of it.',
  },
  'headers-too-large': {
    status: 431,
    title: 'Request headers too large',
    meaning: 'The request line and the headers together are longer than 16 KiB.',
  },
  'bad-request': {
    status: 400,
    title: 'Bad request',
    meaning: 'The request cannot be answered as it was sent; `detail` says why.',
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    meaning: 'A fault of the service. It was written to its log under the `requestId`; name that when you report it.',
  },
  'query-timeout': {
    status: 503,
    title: 'Query timeout',
    meaning:
      'The query took longer than the service allows and was stopped. Try again after the seconds in `Retry-After`.',
  },
  overloaded: {
    status: 503,
    title: 'Service overloaded',
    meaning: 'Too many queries are waiting already. Try again after the seconds in `Retry-After`.',
  },
  'dataset-damaged': {
    status: 503,
    title: 'Dataset damaged',
    meaning:
      'What was asked for cannot be read, as the dataset of this instance was found to be damaged; what it has in memory is still answered, and it opens the dataset anew by itself. Try again after the seconds in `Retry-After`: another instance may have a sound copy.',
  },
  stopping: {
    status: 503,
    title: 'Service stopping',
    meaning:
      'This instance is being stopped and does not ask its database any more. Try again after the seconds in `Retry-After`.',
  },
} as const satisfies Record<string, ProblemKind>;

/** A key of {@link PROBLEMS}; the last part of the problem's `type`. */
export type ProblemCode = keyof typeof PROBLEMS;

/** A fault of one query parameter. */
export interface ParameterFault {
  readonly parameter: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** What a {@link ProblemError} adds to its kind. */
export interface ProblemDetails {
  /** A sentence on this occurrence; the kind's meaning when absent. */
  readonly detail?: string;
  readonly errors?: readonly ParameterFault[];
  /** Headers of the response, such as Allow or Retry-After. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** Thrown anywhere below a controller to answer with a problem of the table. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    readonly details: ProblemDetails = {},
  ) {
    super(details.detail ?? PROBLEMS[code].title, { cause: details.cause });
    this.status = PROBLEMS[code].status;
  }
}

/** `Content-Security-Policy` of every answer that is no page: nothing of it stands in a frame of another site. */
export const DATA_POLICY = "frame-ancestors 'none'";

/** Media type of {@link problemBody}. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

const MAX_INSTANCE_CHARACTERS = 2048;

/** Path of the page that documents a kind of problem, its `type`. */
export function problemPath(code: ProblemCode): string {
  return `/problems/${code}`;
}

/** The member `instance` of a problem: the request's target, or the beginning of a long one. */
export function instanceOf(url: string): string {
  return url.slice(0, MAX_INSTANCE_CHARACTERS);
}

/** The RFC 9457 body of a problem, as bytes; url is the request's target, which `instance` repeats. */
export function problemBody(problem: ProblemError, requestId: string, url: string): Buffer {
  const { status, title, meaning }: ProblemKind = PROBLEMS[problem.code];
  const { detail = meaning, errors } = problem.details;
  const instance = instanceOf(url);
  const type = problemPath(problem.code);
  return Buffer.from(
    JSON.stringify({ type, title, status, detail, instance, requestId, error: title, ...(errors && { errors }) }),
  );
}
