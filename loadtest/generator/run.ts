import { Arrivals } from './arrivals.js';
import { runClosed } from './closed-model.js';
import type { Endpoint } from './endpoint.js';
import { MOST_FAILURES, TIMEOUT_MS } from './limits.js';
import { assertLoopback } from './loopback.js';
import { runOpen } from './open-model.js';
import { LIMITS, type LoadPlan, type LoadResult, type OpenModel } from './plan.js';
import { requestSource, type RequestSource } from './request-source.js';
import { Tally } from './tally.js';

/** Timers are late by up to a millisecond, so the last stretch before a request is due is waited for turn by turn. */
const SPIN_MS = 2;
const NEVER = new AbortController().signal;

/**
 * Does what the plan says, on this machine; sends no more once `stop` says so, and waits for what is under way. Throws a RangeError for a
 * plan without bounds or for another machine, before anything is sent.
 */
export async function runLoad(plan: LoadPlan, stop: AbortSignal = NEVER): Promise<LoadResult> {
  assertLoopback(plan);
  assertBounded('seconds', plan.seconds, LIMITS.seconds);
  assertBounded('maxRequests', plan.maxRequests, LIMITS.maxRequests);
  assertBounded('connections', plan.model.connections, LIMITS.connections);
  const tally = new Tally(plan);
  const endpoint = { ...{ host: plan.host, port: plan.port, tls: false }, authority: `${plan.host}:${plan.port}` };
  const all = requestSource(plan);
  const source = () => (stop.aborted ? undefined : all());
  const [startMs, cpu] = [performance.now(), process.cpuUsage()];
  if (plan.model.kind === 'closed') await runClosed(endpoint, plan, plan.model, source, tally);
  else await runConstant(endpoint, plan, plan.model, source, tally, stop);
  const { user, system } = process.cpuUsage(cpu);
  return tally.result((performance.now() - startMs) / 1000, (user + system) / 1e6);
}

function runConstant(
  endpoint: Endpoint,
  plan: LoadPlan,
  { connections, requestsPerSecond, openFirst = false, inTurn = false }: OpenModel,
  next: RequestSource,
  tally: Tally,
  stop: AbortSignal,
): Promise<void> {
  const total = Math.min(plan.maxRequests, Math.floor(plan.seconds * requestsPerSecond));
  return runOpen<undefined>({
    ...{ endpoint, connections, openFirst, inTurn, spinMs: SPIN_MS },
    timeoutMs: plan.overload?.patienceMs ?? TIMEOUT_MS,
    arrivals: new Arrivals(requestsPerSecond, total),
    next: () => {
      const bytes = next();
      return bytes && { bytes, asked: undefined };
    },
    answered: (_asked, ...answer) => tally.answered(...answer),
    failed: (reason) => tally.failed(reason),
    dropped: (reason) => tally.notSent(reason),
    isOver: () => tally.failures >= MOST_FAILURES || stop.aborted,
  });
}

function assertBounded(name: string, value: number, most: number): void {
  if (!(value > 0 && value <= most)) throw new RangeError(`${name} is ${value}, must be above 0 and at most ${most}`);
}
