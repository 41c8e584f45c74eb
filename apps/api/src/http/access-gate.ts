import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import { Access, type Refusal } from '../access/access.js';
import type { TakeRequest } from '../lifecycle/around-requests.js';
import { Exchanges } from './exchanges.js';
import { ProblemError } from './problem.js';

/** What needs no key: what the service says of itself. All else does, whatever is added. */
const OPEN_PATHS = new Set(['/', '/docs', '/health', '/openapi.json', '/problems']);
const OPEN_FOLDERS = ['/docs/', '/problems/'];
/** The framework answers others itself, and none of them with data. */
const METHODS_WITH_KEY = new Set(['GET', 'HEAD']);

const CHALLENGE = 'Bearer realm="spotify-charts"';

/** Asks for an API key before a request goes on to be answered, fast or by the framework. */
@Injectable()
export class AccessGate {
  constructor(
    private readonly access: Access,
    private readonly exchanges: Exchanges,
  ) {}

  /**
   * Has a request answered, at once unless its limit has to be counted: by `take` when it has access, and otherwise with
   * the problem that says why not, by the framework alone.
   */
  pass(request: IncomingMessage, response: ServerResponse, take: TakeFirst, framework: TakeRequest): void {
    if (isOpen(request)) return take(request, response, framework);
    const startedAt = performance.now();
    const go = (refusal: Refusal | undefined) => {
      if (!refusal) return take(request, response, framework);
      this.exchanges.refuse(request, { error: problemOf(refusal), startedAt });
      framework(request, response);
    };
    const checked = this.access.check(request, startedAt);
    if (checked instanceof Promise) void this.goLater(request, response, startedAt, checked, go);
    else go(checked);
  }

  private async goLater(
    request: IncomingMessage,
    response: ServerResponse,
    startedAt: number,
    checked: Promise<Refusal | undefined>,
    go: (refusal: Refusal | undefined) => void,
  ): Promise<void> {
    const isThere = this.exchanges.hold(request, response, startedAt);
    const refusal = await checked;
    if (isThere()) go(refusal);
  }
}

/** Takes a request before the framework, or gives it to that. */
export type TakeFirst = (request: IncomingMessage, response: ServerResponse, framework: TakeRequest) => void;

/** Has a key asked for before something takes a request. */
export function askForKeys(gate: () => AccessGate, take: TakeFirst): TakeFirst {
  let made: AccessGate | undefined;
  return (request, response, framework) => {
    made ??= gate();
    made.pass(request, response, take, framework);
  };
}

/** By the path as it was written: an open one that is written otherwise needs a key, never the other way round. */
function isOpen({ method, url }: IncomingMessage): boolean {
  if (!METHODS_WITH_KEY.has(method!)) return true;
  const path = url!.split('?', 1)[0]!;
  return OPEN_PATHS.has(path) || OPEN_FOLDERS.some((folder) => path.startsWith(folder));
}

function problemOf({ reason, quota }: Refusal): ProblemError {
  const stored = { 'Cache-Control': 'no-store' };
  if (quota) {
    const { limit, resetSeconds } = quota;
    const detail = `More than ${limit} requests within a minute. Try again in ${resetSeconds} seconds.`;
    return new ProblemError('too-many-requests', {
      detail,
      headers: { ...stored, 'Retry-After': String(resetSeconds) },
    });
  }
  const challenge = reason === 'unknown' ? `${CHALLENGE}, error="invalid_token"` : CHALLENGE;
  return new ProblemError('api-key-required', {
    detail: DETAILS[reason as keyof typeof DETAILS],
    headers: { ...stored, 'WWW-Authenticate': challenge },
  });
}

const HOW = 'Send one as `Authorization: Bearer KEY` or `X-API-Key: KEY`.';
const DETAILS = {
  missing: `There is no API key in the request. ${HOW}`,
  several: 'There are several API keys in the request that differ. Send one.',
  unknown: 'The API key is not known here. Ask whoever runs this service for one.',
};
