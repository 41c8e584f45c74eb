import type { ProblemCode } from './http/problem.js';

/** The ways to send an API key, either of which is enough. */
export const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An API key, as `Authorization: Bearer KEY`.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' },
} as const;

/** What the operations of a service that asks for keys need. */
export const SECURITY = Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] }));

/** What they may answer besides. */
export const ACCESS_PROBLEMS: readonly ProblemCode[] = ['api-key-required', 'too-many-requests'];

/** Headers of their answers besides: name and description. */
export const ACCESS_HEADERS: Readonly<Record<string, string>> = {
  'RateLimit-Policy': 'The limit of the key, when it has one: requests `q` in `w` seconds.',
  RateLimit: 'What is left of it: `r` requests for the next `t` seconds.',
};
