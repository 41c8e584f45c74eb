import { z } from 'zod';
import { median } from '../bench/statistics.js';

/** CPU time of the service's process per request, in microseconds, by where the answer comes from. */
export interface PathCosts {
  readonly fromMemoryUs: number;
  readonly fromRedisUs: number;
  readonly fromDatasetUs: number;
}

/** Shares of answers: from the pod's memory; and from Redis, of those that are not. */
export interface HitShares {
  readonly memory: number;
  readonly redis: number;
}

/** Rows of docs/performance.json that stand for the three ways; many addresses in turn, for one alone is the best case. */
const ROWS = { fromMemoryUs: 'many', fromRedisUs: 'l2', fromDatasetUs: 'cold' } as const;

const measurements = z.looseObject({
  hot: z.looseObject({
    machine: z.string(),
    rows: z.array(z.looseObject({ key: z.string(), name: z.string(), cpuUs: z.array(z.number().positive()) })),
  }),
});

/** The costs, and what they were measured on and as. */
export interface MeasuredCosts {
  readonly costs: PathCosts;
  readonly machine: string;
  readonly names: Readonly<Record<keyof PathCosts, string>>;
}

/** Medians out of docs/performance.json (its content, as plain data). Throws when the measurements of one way are not there. */
export function measuredCosts(performance: unknown): MeasuredCosts {
  const { machine, rows } = measurements.parse(performance).hot;
  const row = (key: string) => {
    const found = rows.find((one) => one.key === key);
    if (!found || found.cpuUs.length === 0)
      throw new RangeError(`docs/performance.json has no CPU times of "${key}"; npm run bench:hot measures them`);
    return { us: median(found.cpuUs), name: found.name };
  };
  const [memory, redis, dataset] = [row(ROWS.fromMemoryUs), row(ROWS.fromRedisUs), row(ROWS.fromDatasetUs)];
  return {
    machine,
    costs: { fromMemoryUs: memory.us, fromRedisUs: redis.us, fromDatasetUs: dataset.us },
    names: { fromMemoryUs: memory.name, fromRedisUs: redis.name, fromDatasetUs: dataset.name },
  };
}

/**
 * Mean CPU time of a request in microseconds: c = h1 cL1 + (1-h1) (h2 cL2 + (1-h2) cMiss). What Redis has not costs, beside
 * the query, a GET in vain and a SET; a command is reckoned as what an answer from Redis costs more than one from memory.
 * Without Redis (a share of 0) there are no commands.
 */
export function meanCostUs(costs: PathCosts, { memory, redis }: HitShares): number {
  const commandUs = Math.max(0, costs.fromRedisUs - costs.fromMemoryUs);
  const missUs = costs.fromDatasetUs + (redis > 0 ? 2 * commandUs : 0);
  return memory * costs.fromMemoryUs + (1 - memory) * (redis * costs.fromRedisUs + (1 - redis) * missUs);
}
