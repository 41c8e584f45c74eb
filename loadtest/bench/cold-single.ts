import { Histogram } from '../generator/histogram.js';
import { seededRandom } from '../random.js';
import { closed, measure, type Measured, type Plan } from './measure.js';
import { table } from './performance-doc.js';
import { TRACK_FILTERS, trackLists, type Questions } from './questions.js';
import { startService, type Server } from './servers.js';

/** Times of answers that came out of the dataset, asked one after the other. */
export interface ColdTimes {
  readonly what: string;
  readonly entries: number;
  readonly count: number;
  /** In the process: `total` of Server-Timing. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** As the client sees it. */
  readonly clientP50Ms: number;
  /** At most; the second is of p99 where there is one. */
  readonly limitsMs: readonly [p50: number, p99?: number];
}

const BLOCKS = 4;
const PER_BLOCK = 250;
/** Requests of a kind before those that count: with fewer the compiler is still at work on what they need, in the same core. */
export const WARM_UP = 1000;
const TRACK_LISTS = 250;

/** Asks each dataset, in turn, for charts and artist pages that were never asked for before. */
export async function singleTimes(all: readonly Questions[]): Promise<ColdTimes[]> {
  const fields = await Promise.all(
    all.map(async (questions) => ({ questions, server: await startService('cold', questions.dir) })),
  );
  const kinds: readonly {
    what: string;
    limitsMs: ColdTimes['limitsMs'];
    urls: (of: Questions) => readonly string[];
  }[] = [
    { what: 'one chart', limitsMs: [0.8, 3], urls: (of) => of.charts },
    {
      what: 'an artist page at any offset',
      limitsMs: [1.5],
      urls: (of) => of.artistPages(WARM_UP + BLOCKS * PER_BLOCK),
    },
  ];
  const times: ColdTimes[] = [];
  for (const { what, limitsMs, urls } of kinds) {
    const asked = fields.map(({ questions, server }) => ({
      questions,
      server,
      urls: urls(questions),
      runs: [] as Measured[],
    }));
    for (const { server, urls: warm } of asked) await measureCold(server, oneByOne(warm.slice(0, WARM_UP), false));
    for (let from = WARM_UP; from < WARM_UP + BLOCKS * PER_BLOCK; from += PER_BLOCK)
      for (const one of asked)
        one.runs.push(await measureCold(one.server, oneByOne(one.urls.slice(from, from + PER_BLOCK), false)));
    times.push(...asked.map(({ questions, runs }) => coldTimes(what, questions.entries, limitsMs, runs)));
  }
  for (const { server } of fields) await server.stop();
  return times;
}

/** Asks for the lists of `/tracks` in every combination of filters, with the memory cache off: some have few answers. */
export async function trackTimes({ dir, entries, vocabulary }: Questions): Promise<ColdTimes[]> {
  const server = await startService('cold', dir, { CACHE_L1_MAX_BYTES: '0' });
  const random = seededRandom(2);
  const times: ColdTimes[] = [];
  for (const filters of TRACK_FILTERS) {
    const urls = trackLists(vocabulary, filters, TRACK_LISTS, random);
    const name = `\`/tracks\`${filters.length > 0 ? ` by ${filters.join(', ')}` : ''}`;
    await measureCold(server, { ...oneByOne(urls, true), maxRequests: 30 });
    const run = await measureCold(server, { ...oneByOne(urls, true), maxRequests: TRACK_LISTS });
    times.push(coldTimes(name, entries, [3], [run]));
  }
  await server.stop();
  return times;
}

/** Measures, and throws when an answer came from a cache after all. */
export async function measureCold(server: Server, plan: Plan): Promise<Measured> {
  const measured = await measure(server, { ...plan, observe: true });
  const kept = Object.entries(measured.load.caches).filter(([outcome]) => outcome !== 'miss');
  if (kept.length > 0) throw new Error(`${server.name}: answers that are not cold: ${JSON.stringify(kept)}`);
  return measured;
}

/** The times as a table in Markdown. */
export function timesTable(times: readonly ColdTimes[]): string {
  return table(
    ['cold, one at a time', 'entries', 'p50, ms', 'limit', 'p99, ms', 'limit', 'p50 for the client, ms', 'requests'],
    times.map(({ what, entries, p50Ms, p99Ms, limitsMs, clientP50Ms, count }) => [
      ...[what, entries.toLocaleString('en-US'), p50Ms.toFixed(2), limitCell(p50Ms, limitsMs[0])],
      ...[p99Ms.toFixed(2), limitCell(p99Ms, limitsMs[1]), clientP50Ms.toFixed(2), String(count)],
    ]),
  );
}

function limitCell(ms: number, limitMs: number | undefined): string {
  return limitMs === undefined ? '' : `${limitMs}${ms <= limitMs ? ', kept' : ', **missed**'}`;
}

function oneByOne(paths: readonly string[], repeat: boolean): Plan {
  return closed(paths, { connections: 1, repeat, seconds: 60 });
}

function coldTimes(
  what: string,
  entries: number,
  limitsMs: ColdTimes['limitsMs'],
  runs: readonly Measured[],
): ColdTimes {
  const [inside, outside] = [new Histogram(), new Histogram()];
  for (const { load } of runs) {
    inside.add(load.serverTime);
    outside.add(load.latency);
  }
  if (inside.count === 0) throw new Error(`${what}: the answers have no Server-Timing`);
  return {
    ...{ what, entries, limitsMs, count: inside.count },
    p50Ms: inside.quantile(0.5) / 1000,
    p99Ms: inside.quantile(0.99) / 1000,
    clientP50Ms: outside.quantile(0.5) / 1000,
  };
}
