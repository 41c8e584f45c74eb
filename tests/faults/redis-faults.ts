import { setTimeout as sleep } from 'node:timers/promises';
import type { ComparedResult } from './compared-requests.js';
import { recordFault, type Limit } from './fault-record.js';
import type { RedisPair, Sample } from './redis-pair.js';

/** A fault of Redis and what is to be seen of it. */
export interface RedisFault {
  readonly fault: string;
  readonly begin: () => Promise<unknown>;
  readonly end: () => Promise<unknown>;
  readonly durationMs: number;
  /** Samples of metrics: states that have to be seen and counters that have to grow while the fault goes on. */
  readonly visible: readonly Sample[];
  /** Makes the next path; of a pool that Redis soon has unless given. */
  readonly path?: (() => string) | undefined;
  /** Operation whose breaker has to be closed for the fault to count as over; reads unless given. */
  readonly recovers?: 'get' | 'set';
}

/** What came of a fault. */
interface Outcome {
  readonly result: ComparedResult;
  /** Which of the samples were seen. */
  readonly seen: readonly string[];
  /** From when Redis was back until answers came from it again. */
  readonly recoveredMs: number;
  readonly grownBytes: number;
}

/** What came of many faults in a row. */
export interface Course {
  readonly result: ComparedResult;
  /** The longest that it took from the end of a fault until answers came from Redis again. */
  readonly slowestMs: number;
  /** From the second quarter of the faults to the last one, by the mean of each. */
  readonly grownBytes: number;
  /** From before the first request to after the last. */
  readonly grownDescriptors: number;
}

const POLL_MS = 50;
const SETTLE_MS = 500;
/** For what has to be seen of a fault and was not yet when its time was over. */
const PATIENCE_MS = 10_000;
const MOST_P99_RATIO = 3;
const MOST_RECOVERY_MS = 5000;
const MOST_GROWTH_BYTES = 32 * 2 ** 20;

/** Faults of a kind as a sample of the metrics. */
export function faults(operation: 'get' | 'set', reason: string): Sample {
  return ['cache_store_faults_total', `operation="${operation}",reason="${reason}"`];
}

/**
 * Sends requests to both while a fault goes on and until it is over, and records what came of them. Throws when a request
 * failed or what has to be visible was not.
 */
export async function suffer(pair: RedisPair, fault: RedisFault, startsDown = false): Promise<void> {
  const outcome = await endure(pair, fault, startsDown);
  const { result, seen } = outcome;
  const { sent, failed, latency } = result;
  recordFault({
    ...{ door: 'Redis', fault: fault.fault, sent, failed, worstMs: latency.maxUs / 1000, lost: 'none' },
    seen: seen.join(', '),
    limits: limitsOf(outcome),
  });
  expect(result.errors).toEqual({});
  expect(seen).toEqual(fault.visible.map(nameOf));
}

async function endure(pair: RedisPair, fault: RedisFault, startsDown: boolean): Promise<Outcome> {
  const requests = pair.requests(fault.path ?? pair.pooled);
  try {
    if (startsDown) await sleep(500);
    else await pair.works(await pair.hits());
    requests.take();
    const memory = await pair.service.memoryBytes();
    const before = await samples(pair, fault.visible);
    await fault.begin();
    const seen = await watch(pair, fault, before);
    const hits = await pair.hits();
    await fault.end();
    const backAt = performance.now();
    await pair.works(hits, fault.recovers);
    const recoveredMs = performance.now() - backAt;
    const result = await requests.stop();
    return { result, seen, recoveredMs, grownBytes: (await pair.service.memoryBytes()) - memory };
  } finally {
    await requests.stop();
  }
}

/** Faults one after the other, each for a time and until it is over, while requests are sent to both. */
export async function endureRounds(
  pair: RedisPair,
  rounds: number,
  kinds: readonly Pick<RedisFault, 'begin' | 'end'>[],
  durationMs: number,
): Promise<Course> {
  const descriptors = await descriptorsOf(pair);
  const requests = pair.requests(pair.mixed);
  const memory: number[] = [];
  let slowestMs = 0;
  try {
    await pair.works(await pair.hits());
    for (let round = 0; round < rounds; round++) {
      const { begin, end } = kinds[round % kinds.length]!;
      await begin();
      await sleep(durationMs);
      const hits = await pair.hits();
      await end();
      const backAt = performance.now();
      await pair.works(hits);
      slowestMs = Math.max(slowestMs, performance.now() - backAt);
      memory.push(await pair.service.memoryBytes());
    }
    const quarter = rounds / 4;
    const result = await requests.stop();
    return {
      ...{ result, slowestMs },
      grownBytes: meanOf(memory.slice(-quarter)) - meanOf(memory.slice(quarter, 2 * quarter)),
      grownDescriptors: (await descriptorsOf(pair)) - descriptors,
    };
  } finally {
    await requests.stop();
  }
}

/** Descriptors that the service has open once the connections of the requests have gone. */
async function descriptorsOf({ service }: RedisPair): Promise<number> {
  await sleep(SETTLE_MS);
  return service.metric('process_open_fds');
}

/** Does something over and over until the returned function is called, which resolves when the last time is done. */
export function repeatedly(work: () => Promise<unknown>): () => Promise<void> {
  const state = { over: false };
  const all = (async () => {
    while (!state.over) await work();
  })();
  return () => {
    state.over = true;
    return all;
  };
}

function samples(pair: RedisPair, wanted: readonly Sample[]): Promise<number[]> {
  return Promise.all(wanted.map((sample) => pair.service.metric(...sample)));
}

/** Looks at the metrics for as long as the fault goes on, longer while something was not to be seen, and names what was. */
async function watch(
  pair: RedisPair,
  { durationMs, visible }: RedisFault,
  before: readonly number[],
): Promise<readonly string[]> {
  const seen = new Set<string>();
  const end = performance.now() + durationMs;
  const isOver = () => performance.now() > end + (seen.size < visible.length ? PATIENCE_MS : 0);
  while (!isOver()) {
    const now = await samples(pair, visible);
    visible.forEach((sample, i) => now[i]! > (isCounter(sample) ? before[i]! : 0) && seen.add(nameOf(sample)));
    await sleep(POLL_MS);
  }
  return visible.map(nameOf).filter((name) => seen.has(name));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function isCounter([name]: Sample): boolean {
  return name.endsWith('_total');
}

function nameOf([name, labels]: Sample): string {
  return `${name}{${labels}}`;
}

function limitsOf({ result, recoveredMs, grownBytes }: Outcome): readonly Limit[] {
  const [p99, without] = [result.latency.quantile(0.99), result.referenceLatency.quantile(0.99)];
  return [
    { name: 'p99 in ms', value: p99 / 1000 },
    { name: 'p99 against that without Redis', value: p99 / without, most: MOST_P99_RATIO },
    { name: 'seconds to recover', value: recoveredMs / 1000, most: MOST_RECOVERY_MS / 1000 },
    { name: 'MB grown', value: grownBytes / 2 ** 20, most: MOST_GROWTH_BYTES / 2 ** 20 },
  ];
}
