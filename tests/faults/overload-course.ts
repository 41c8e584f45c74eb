import { setTimeout as sleep } from 'node:timers/promises';
import { ManagementWatch } from './management-watch.js';
import { recordFault, type Limit } from './fault-record.js';
import type { LoadedService, Stretch } from './overload-load.js';
import { SteadyRequests } from './steady-requests.js';

/** Share of the requests that nobody has asked for before. */
const COLD_SHARE = 0.5;
const CLOSED_CONNECTIONS = 64;
/**
 * Connections for what can be carried, and for what cannot: so many that what is due finds one at 2x, and that there is
 * something to refuse. None of them is ever without a request then, and each of those takes some 30 us of its turn, so that
 * no answer, and no refusal, comes sooner than it takes to go around them all.
 */
const [CONNECTIONS, MANY_CONNECTIONS] = [256, 512];
const BACK_TO_NORMAL_MS = 5000;

/** How much, and for how long. */
export interface Course {
  /** Seconds in which the capacity is measured, after as many to warm up. */
  readonly capacitySeconds: number;
  /** Load, as multiples of the capacity. */
  readonly factors: readonly number[];
  readonly seconds: number;
}

/** Measures what a service can take, puts multiples of it on it, and records each with its limits. */
export async function overload(loaded: LoadedService, { capacitySeconds, factors, seconds }: Course): Promise<void> {
  await loaded.capacity(CLOSED_CONNECTIONS, COLD_SHARE, capacitySeconds);
  const capacity = await loaded.capacity(CLOSED_CONNECTIONS, COLD_SHARE, capacitySeconds);
  const { service } = loaded;
  const missed: unknown[] = [];
  for (const factor of factors) {
    const shedBefore = await service.metric('requests_shed_total', 'wait');
    const watch = new ManagementWatch(service.managementPort);
    const connections = factor > 1 ? MANY_CONNECTIONS : CONNECTIONS;
    const stretch = await loaded.load(capacity * factor, connections, COLD_SHARE, seconds);
    await watch.stop();
    const normalMs = factor > 1 ? await backToNormal(loaded) : 0;
    const shed = (await service.metric('requests_shed_total', 'wait')) - shedBefore;
    try {
      record({ factor, capacity, connections, normalMs }, stretch, watch);
    } catch (error) {
      // A limit that is missed at one load says nothing of the others: they are tried, too.
      missed.push(error);
    }
    expect(stretch.errors).toEqual({});
    expect(Object.keys(stretch.retryAfter).filter((after) => after !== '1')).toEqual([]);
    expect(shed).toBeGreaterThanOrEqual(stretch.refusedCount);
    expect(watch.asked).toBeGreaterThan(0);
    expect(watch.failed).toBe(0);
  }
  expect(missed).toEqual([]);
}

/** A load that was put on, and how long it took until all was as before. */
interface Tried {
  readonly factor: number;
  readonly capacity: number;
  readonly connections: number;
  readonly normalMs: number;
}

function record(tried: Tried, stretch: Stretch, watch: ManagementWatch): void {
  const { factor, capacity, connections, normalMs } = tried;
  const { right, goodput, refusedCount, unsent, failed } = stretch;
  const share = goodput / capacity;
  const limits: Limit[] = [
    { name: 'right answers against capacity', value: share, least: Math.min(1, factor) * 0.85 },
    { name: 'answered p99, ms from when sent', value: stretch.answeredMs(0.99), most: 250 },
    ...(refusedCount > 0 ? [{ name: 'refused p99, ms', value: stretch.refusedMs(0.99), most: 50 }] : []),
    { name: 'slowest probe or metrics, ms', value: watch.worstMs, most: 1000 },
    ...(factor > 1 ? [{ name: 'back to normal after, ms', value: normalMs, most: BACK_TO_NORMAL_MS }] : []),
  ];
  recordFault({
    ...{ door: 'overload', fault: `${factor}x of ${Math.round(capacity)} requests/s, ${connections} connections` },
    ...{ sent: right + refusedCount + failed, failed, worstMs: stretch.answeredMs(1), lost: 'none', limits },
    seen: `half of it asked for the first time: ${right} answered, ${refusedCount} refused with Retry-After, ${unsent} not sent for want of a connection`,
  });
}

/** Milliseconds until a light load, of charts that nobody has asked for, is answered again wholly for a while; fails when it never is. */
async function backToNormal(loaded: LoadedService): Promise<number> {
  const started = performance.now();
  const paths = loaded.paths(5000, 1);
  const steady = new SteadyRequests({ port: loaded.service.port, requestsPerSecond: 100, paths });
  let normalMs = Infinity;
  while (normalMs === Infinity && performance.now() - started < 2 * BACK_TO_NORMAL_MS) {
    const { failed, answered } = await steady.during(500);
    if (failed === 0 && answered > 0) normalMs = performance.now() - started;
  }
  const { failed } = await steady.stop();
  expect(normalMs).not.toBe(Infinity);
  expect(failed).toBe(0);
  await sleep(100);
  return normalMs;
}
