import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const VALID = /^[A-Za-z0-9._-]{1,128}$/;
/** 120 random bits tell processes apart, a count the requests of one: unique like a UUID, and made in no time. */
const PROCESS = randomBytes(15).toString('base64url');
let count = 0;

/** The caller's X-Request-Id when it is 1 to 128 letters, digits, dots, hyphens and underscores; a new one otherwise. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  return validRequestId(headers['x-request-id']);
}

/** The given id when it is valid, see {@link requestId}. */
export function validRequestId(given: unknown): string {
  return typeof given === 'string' && VALID.test(given) ? given : `${PROCESS}.${++count}`;
}
