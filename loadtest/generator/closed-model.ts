import { Connection, type ConnectionEvents } from './connection.js';
import type { Endpoint } from './endpoint.js';
import { TIMEOUT_MS, MOST_FAILURES } from './limits.js';
import type { ClosedModel, LoadPlan } from './plan.js';
import type { RequestSource } from './request-source.js';
import type { Tally } from './tally.js';

/** Keeps every connection busy until the time or the requests are used up; resolves when all is answered. */
export function runClosed(
  endpoint: Endpoint,
  plan: LoadPlan,
  { connections }: ClosedModel,
  next: RequestSource,
  tally: Tally,
): Promise<void> {
  const until = performance.now() + plan.seconds * 1000;
  const method = plan.requests.kind === 'list' ? plan.requests.method : 'GET';
  return new Promise((resolve) => {
    let active = 0;
    const events: ConnectionEvents<undefined> = {
      answered: (connection, status, head, bodyBytes) => {
        const now = performance.now();
        const elapsedMs = now - connection.since;
        tally.answered(status, head, bodyBytes, elapsedMs, elapsedMs);
        go(connection, now);
      },
      failed: (connection, reason) => {
        tally.failed(reason);
        // On a later turn, so that a server that is gone is not asked again and again within one.
        setImmediate(() => go(connection, performance.now()));
      },
    };
    const all = Array.from({ length: connections }, () => new Connection(endpoint, { method }, events));
    const expiry = setInterval(() => all.forEach((connection) => connection.expire(TIMEOUT_MS)), 250);
    const go = (connection: Connection, now: number) => {
      const request = now < until && tally.failures < MOST_FAILURES ? next() : undefined;
      if (request) connection.send(request, now, undefined);
      else if (--active === 0) finish();
    };
    const finish = () => {
      clearInterval(expiry);
      all.forEach((connection) => connection.close());
      resolve();
    };
    active = all.length;
    all.forEach((connection) => go(connection, performance.now()));
  });
}
