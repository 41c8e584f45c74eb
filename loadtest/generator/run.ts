import { runClosed } from './closed-model.js';
import { assertLoopback } from './loopback.js';
import { runOpen } from './open-model.js';
import { LIMITS, type LoadPlan, type LoadResult } from './plan.js';
import { requestSource } from './request-source.js';
import { Tally } from './tally.js';

/** Does what the plan says. Throws a RangeError for a plan without bounds or for another machine, before anything is sent. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  assertLoopback(plan);
  assertBounded('seconds', plan.seconds, LIMITS.seconds);
  assertBounded('maxRequests', plan.maxRequests, LIMITS.maxRequests);
  assertBounded('connections', plan.model.connections, LIMITS.connections);
  const tally = new Tally(plan);
  const source = requestSource(plan);
  const [startMs, cpu] = [performance.now(), process.cpuUsage()];
  if (plan.model.kind === 'closed') await runClosed(plan, plan.model, source, tally);
  else await runOpen(plan, plan.model, source, tally);
  const { user, system } = process.cpuUsage(cpu);
  return tally.result((performance.now() - startMs) / 1000, (user + system) / 1e6);
}

function assertBounded(name: string, value: number, most: number): void {
  if (!(value > 0 && value <= most)) throw new RangeError(`${name} is ${value}, must be above 0 and at most ${most}`);
}
