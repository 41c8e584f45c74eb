import { setTimeout as delay } from 'node:timers/promises';
import { coldCharts, ofService, overRedis, recorded, type Contender } from './contenders.js';
import { get, type Answer } from './http-get.js';
import { closed, measure, type Measured } from './measure.js';
import { CLIENT_CPU } from './processes.js';
import type { Questions } from './questions.js';
import { record, startRecorded, startRedis, startService, type Server } from './servers.js';

/** What runs, and what could not. */
export interface Field {
  /** The URL that all are asked but those that are asked for many, and its answer. */
  readonly path: string;
  readonly answer: Answer;
  readonly contenders: readonly Contender[];
  readonly missing: readonly string[];
  stop(): Promise<void>;
}

/** URLs of a run that is to show more than one being asked. */
const MANY = 1000;

/**
 * Starts every contender on the dataset and makes them warm: node:http, Fastify and NestJS with the very bytes that the
 * service answers, and the service hot, with its log sampled, asked for 304 and gzip, with Redis alone, and cold.
 * Throws when the service answers otherwise from memory than from the dataset.
 */
export async function startField({ dir, charts }: Questions, runs: number): Promise<Field> {
  const top200 = charts.filter((url) => !url.includes('chart='));
  const [path, many] = [top200[0]!, top200.slice(0, MANY)];
  const hot = await startService('hot', dir);
  const sampled = await startService('sampled', dir, { LOG_REQUEST_SAMPLE: '0.01' });
  const cold = await startService('cold', dir);
  const answer = await comparedAnswer(hot, cold, path);
  const others = await startOthers(answer);
  const l2 = await startOverRedis(dir);
  await warmUp(hot, many);
  await warmUp(sampled, [path]);
  if (l2) await warmUp(l2.server, many);
  const fresh = charts.filter((url) => url !== path && !many.includes(url));
  const share = Math.floor(fresh.length / (runs + 1));
  const all = [
    ...recorded(others, path, answer),
    ...ofService({ hot, sampled }, path, many, answer),
    ...(l2 ? [overRedis(l2.server, many)] : []),
    coldCharts(cold, (run) => fresh.slice(run * share, (run + 1) * share)),
  ];
  const checked = await Promise.all(all.map(async (one) => [one, await one.fault()] as const));
  return {
    ...{ path, answer },
    contenders: checked.flatMap(([one, fault]) => (fault === undefined ? [one] : [])),
    missing: [
      ...(l2 ? [] : ['this, memory off, from Redis: there is no redis-server on the PATH']),
      ...checked.flatMap(([{ name }, fault]) => (fault === undefined ? [] : [`${name}: ${fault}`])),
    ],
    stop: async () => {
      const ends = [hot, sampled, cold, ...Object.values(others), ...(l2 ? [l2.server, l2.redis] : [])];
      for (const server of ends) await server.stop();
    },
  };
}

/** The answer from memory, when it is the one that another process, which was not asked before, takes from the dataset. */
async function comparedAnswer(hot: Server, cold: Server, path: string): Promise<Answer> {
  await warmUp(hot, [path]);
  const [answer, reference] = [await get(hot.port, path), await get(cold.port, path)];
  if (answer.status !== 200 || !answer.body.equals(reference.body))
    throw new Error(
      `${path}: ${answer.status} and ${answer.body.length} bytes from memory, ${reference.status} and ${reference.body.length} from the dataset`,
    );
  return answer;
}

async function startOthers(answer: Answer) {
  const recording = await record(answer);
  return {
    bare: await startRecorded('node:http', 'bare-http', recording),
    fastify: await startRecorded('Fastify', 'fastify-hello', recording),
    nest: await startRecorded('NestJS', 'nest-hello', recording),
  };
}

async function startOverRedis(dir: string) {
  const redis = await startRedis(CLIENT_CPU);
  if (!redis) return undefined;
  const settings = { CACHE_L1_MAX_BYTES: '0', REDIS_URL: `redis://127.0.0.1:${redis.port}` };
  return { redis, server: await startService('over Redis', dir, settings) };
}

/** Asks for each path twice: what is asked again may go another way than at first. */
async function warmUp(server: Server, paths: readonly string[]): Promise<void> {
  await measure(server, closed(paths, { connections: 8, maxRequests: 2 * paths.length, seconds: 30 }));
  await delay(200);
}

/** A run of a contender, and the run of node:http that came last before it. */
export interface Pair {
  readonly own: Measured;
  readonly bare: Measured;
}

/** node:http runs again after so many others, so that what is compared lies close together on a machine that wavers. */
const BETWEEN_BARE = 3;

/** Runs all contenders in turn so many times, after a short run each that is not counted. Results by key of contender. */
export async function runField(
  { contenders, answer }: Field,
  runs: number,
  seconds: number,
): Promise<ReadonlyMap<string, readonly Pair[]>> {
  const [first, ...others] = contenders;
  if (first?.key !== 'bare') throw new Error('node:http does not run: there is nothing to compare with');
  const pairs = new Map(contenders.map(({ key }) => [key, [] as Pair[]]));
  for (let run = 0; run <= runs; run++) {
    const measureOne = async (one: Contender): Promise<Measured> => {
      const own = await measure(one.server, { ...one.plan(run), seconds: run === 0 ? Math.min(1, seconds) : seconds });
      assertHonest(one, own, answer);
      if (run > 0) console.log(`run ${run}: ${one.name}: ${described(own)}`);
      return own;
    };
    let bare = await measureOne(first);
    if (run > 0) pairs.get('bare')!.push({ own: bare, bare });
    for (const [i, one] of others.entries()) {
      if (run > 0 && i > 0 && i % BETWEEN_BARE === 0) {
        bare = await measureOne(first);
        pairs.get('bare')!.push({ own: bare, bare });
      }
      const own = await measureOne(one);
      if (run > 0) pairs.get(one.key)!.push({ own, bare });
    }
  }
  return pairs;
}

function described({ cpuUs, requestsPerSecond, serverBusy, generatorBusy }: Measured): string {
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  return `${cpuUs.toFixed(1)} us, ${requestsPerSecond.toFixed(0)}/s, server ${percent(serverBusy)}, generator ${percent(generatorBusy)} busy`;
}

function assertHonest({ key, name, logged }: Contender, { load, logLines }: Measured, answer: Answer): void {
  const sameBody = ['bare', 'fastify', 'nest', 'hot', 'sampled'].includes(key);
  const { bodyBytes, requests } = load;
  if (sameBody && bodyBytes !== requests * answer.body.length)
    throw new Error(`${name} sent ${bodyBytes} bytes in ${requests} bodies of ${answer.body.length}`);
  if (Math.abs(logLines / requests - logged) > 0.01 + 10 / requests)
    throw new Error(`${name} logged ${logLines} lines for ${requests} requests`);
}
