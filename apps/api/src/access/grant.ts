import type { IncomingMessage } from 'node:http';

/** What is known of a request that came with a key. */
export interface Grant {
  /** Name of the key. */
  readonly name: string;
  /** The name as a member of the log line, with a comma before it. */
  readonly json: string;
  /** Headers of the answer that belong to the key, as a flat list. */
  readonly headers: readonly string[];
  /** `performance.now()` when the request's headers had arrived, before its limit was asked for. */
  readonly startedAt: number;
}

const GRANT = Symbol('grant');

type GrantedRequest = IncomingMessage & { [GRANT]?: Grant };

/** Notes what is known of a request's key, for all that answers, logs and counts it. */
export function setGrant(request: IncomingMessage, grant: Grant): void {
  (request as GrantedRequest)[GRANT] = grant;
}

/** What is known of a request's key; undefined where none is asked for. */
export function grantOf(request: IncomingMessage): Grant | undefined {
  return (request as GrantedRequest)[GRANT];
}

/** Headers as a flat list with those that belong to the request's key; the list itself where no key is asked for. */
export function withGrant(headers: readonly string[], request: IncomingMessage): readonly string[] {
  const grant = grantOf(request);
  return grant === undefined ? headers : [...headers, ...grant.headers];
}
