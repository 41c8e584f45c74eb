import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const VALID = /^[A-Za-z0-9._-]{1,128}$/;
/** 120 random bits tell processes apart, a count the requests of one: unique like a UUID, and made in no time. */
const PROCESS = randomBytes(15).toString('base64url');
/** The last digits of a count. V8 holds on to the text of every number that was made of it, for long enough to cost. */
const LAST_DIGITS = Array.from({ length: 1000 }, (_, count) => String(count).padStart(3, '0'));
let thousands = 0;
let last = 0;
let begin = `${PROCESS}.`;

function newId(): string {
  if (last === LAST_DIGITS.length) {
    last = 0;
    begin = `${PROCESS}.${++thousands}`;
  }
  return begin + LAST_DIGITS[last++]!;
}

/** The caller's X-Request-Id when it is 1 to 128 letters, digits, dots, hyphens and underscores; a new one otherwise. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  return validRequestId(headers['x-request-id']);
}

/** The given id when it is valid, see {@link requestId}. */
export function validRequestId(given: unknown): string {
  return typeof given === 'string' && VALID.test(given) ? given : newId();
}
