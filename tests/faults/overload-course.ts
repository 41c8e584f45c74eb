import { setTimeout as sleep } from 'node:timers/promises';
import { Histogram } from '../../loadtest/generator/histogram.js';
import { recordFault, type Limit } from './fault-record.js';
import { ManagementWatch } from './management-watch.js';
import type { LoadedService } from './overload-load.js';
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
  /** Load, as multiples of the capacity. */
  readonly factors: readonly number[];
  /** How often each is put on, and for how many seconds each time. */
  readonly rounds: number;
  readonly seconds: number;
  /** Seconds in which the capacity is measured: before each load, and after. */
  readonly capacitySeconds: number;
}

/**
 * Puts multiples of what a service can take on it, and records each with its limits. What it can take is measured anew before
 * and after each load: a machine that others use, too, takes half as much again in one minute as in the next, and the right
 * answers under a load are to be compared with what could be answered in the same seconds.
 */
export async function overload(loaded: LoadedService, course: Course): Promise<void> {
  const { factors, rounds, capacitySeconds } = course;
  const capacity = () => loaded.capacity(CLOSED_CONNECTIONS, COLD_SHARE, capacitySeconds);
  await capacity();
  let before = await capacity();
  const missed: unknown[] = [];
  for (const factor of factors) {
    const tried = new Tried(factor, factor > 1 ? MANY_CONNECTIONS : CONNECTIONS);
    for (let round = 0; round < rounds; round++) {
      await tried.once(loaded, before, course.seconds);
      const after = await capacity();
      tried.capacities.push((before + after) / 2);
      before = after;
    }
    try {
      tried.record();
    } catch (error) {
      // A limit that is missed at one load says nothing of the others: they are tried, too.
      missed.push(error);
    }
    expectNoError(tried);
  }
  expect(missed).toEqual([]);
}

/** A multiple of the capacity that was put on for some stretches, and what came of all of them. */
class Tried {
  /** Of each stretch: what could be answered at the time, requests a second. */
  readonly capacities: number[] = [];
  readonly answered = new Histogram();
  readonly refused = new Histogram();
  readonly errors: Readonly<Record<string, number>>[] = [];
  readonly sums = { right: 0, goodput: 0, unsent: 0, failed: 0, shed: 0, probes: 0, probesFailed: 0 };
  readonly retryAfter = new Set<string>();
  private readonly worst = { probeMs: 0, normalMs: 0 };

  constructor(
    private readonly factor: number,
    private readonly connections: number,
  ) {}

  async once(loaded: LoadedService, capacity: number, seconds: number): Promise<void> {
    const { service } = loaded;
    const { sums, worst } = this;
    const shedBefore = await service.metric('requests_shed_total', 'wait');
    const watch = new ManagementWatch(service.managementPort);
    const stretch = await loaded.load(capacity * this.factor, this.connections, COLD_SHARE, seconds);
    await watch.stop();
    if (this.factor > 1) worst.normalMs = Math.max(worst.normalMs, await backToNormal(loaded));
    sums.shed += (await service.metric('requests_shed_total', 'wait')) - shedBefore;
    this.answered.add(stretch.answered);
    this.refused.add(stretch.refused);
    this.errors.push(stretch.errors);
    Object.keys(stretch.retryAfter).forEach((after) => this.retryAfter.add(after));
    for (const name of ['right', 'goodput', 'unsent', 'failed'] as const) sums[name] += stretch[name];
    sums.probes += watch.asked;
    sums.probesFailed += watch.failed;
    worst.probeMs = Math.max(worst.probeMs, watch.worstMs);
  }

  record(): void {
    const { factor, connections, capacities, answered, refused, worst, sums } = this;
    const { right, unsent, failed } = sums;
    const capacity = capacities.reduce((sum, one) => sum + one, 0);
    const limits: Limit[] = [
      { name: 'right answers against capacity', value: sums.goodput / capacity, least: Math.min(1, factor) * 0.85 },
      { name: 'answered p99, ms from when sent', value: answered.quantile(0.99) / 1000, most: 250 },
      ...(refused.count > 0 ? [{ name: 'refused p99, ms', value: refused.quantile(0.99) / 1000, most: 50 }] : []),
      { name: 'slowest probe or metrics, ms', value: worst.probeMs, most: 1000 },
      ...(factor > 1 ? [{ name: 'back to normal after, ms', value: worst.normalMs, most: BACK_TO_NORMAL_MS }] : []),
    ];
    const mean = Math.round(capacity / capacities.length);
    recordFault({
      ...{ door: 'overload', fault: `${factor}x of ${mean} requests/s, ${connections} connections` },
      ...{ sent: right + refused.count + failed, failed, worstMs: answered.maxUs / 1000, lost: 'none', limits },
      seen: `half of it asked for the first time: ${right} answered, ${refused.count} refused with Retry-After, ${unsent} not sent for want of a connection`,
    });
  }
}

/** Whatever the load, every answer is right or a refusal, and probes and metrics answer. */
function expectNoError({ sums, errors, retryAfter, refused }: Tried): void {
  expect(errors).toEqual(errors.map(() => ({})));
  expect([...retryAfter].filter((after) => after !== '1')).toEqual([]);
  expect(sums.shed).toBeGreaterThanOrEqual(refused.count);
  expect(sums.probes).toBeGreaterThan(0);
  expect(sums.probesFailed).toBe(0);
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
