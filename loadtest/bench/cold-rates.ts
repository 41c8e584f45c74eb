import { measureCold } from './cold-single.js';
import { get } from './http-get.js';
import { closed, measure, type Measured } from './measure.js';
import { table } from './performance-doc.js';
import type { Questions } from './questions.js';
import { record, startRecorded, startService, type Server } from './servers.js';
import { median, spread } from './statistics.js';

/** Distinct keys that 64 connections asked for, by run. */
export interface ColdRate {
  readonly what: string;
  readonly requestsPerSecond: readonly number[];
  readonly cpuUs: readonly number[];
  readonly rssMb: number;
  /** Requests a second there must be. */
  readonly limit: number | undefined;
}

/** DuckDB's memory limits that are compared; the service's default is 64MB. */
const MEMORY_LIMITS = ['32MB', '64MB', '128MB', '1GB'] as const;
const [CHARTS_PER_SECOND, PAGES_PER_SECOND] = [6000, 4000];
/** More than this many a second and core have not been seen; a run that has asked them all ends early. */
const MOST_PER_SECOND = 15_000;

/** Hands out URLs, each once. */
function once(urls: readonly string[]): (count: number) => readonly string[] {
  let at = 0;
  return (count) => {
    const taken = urls.slice(at, at + count);
    at += count;
    if (taken.length === 0) throw new Error('the dataset has no more that was not asked: take fewer runs or more rows');
    return taken;
  };
}

/** Charts and artist pages never asked for before, in turn with node:http. */
export async function coldRates(questions: Questions, runs: number, seconds: number): Promise<ColdRate[]> {
  const server = await startService('cold', questions.dir);
  const recording = await record(await get(server.port, questions.charts.at(-1)!));
  const bare = await startRecorded('node:http', 'bare-http', recording);
  const perRun = Math.min(MOST_PER_SECOND * seconds, Math.floor((questions.charts.length - 1) / (runs + 1)));
  const charts = once(questions.charts.slice(0, -1));
  const pages = once(questions.artistPages(perRun * (runs + 1)));
  const results: Measured[][] = [[], [], []];
  for (let run = 0; run <= runs; run++) {
    const lasts = run === 0 ? 1 : seconds;
    const measured = [
      await measure(bare, closed(['/'], { seconds: lasts })),
      await measureCold(server, closed(charts(perRun), { repeat: false, seconds: lasts })),
      await measureCold(server, closed(pages(perRun), { repeat: false, seconds: lasts })),
    ];
    if (run === 0) continue;
    console.log(
      `run ${run}: node:http, charts, artist pages: ${measured.map((one) => one.requestsPerSecond.toFixed(0)).join(', ')}/s`,
    );
    measured.forEach((one, i) => results[i]!.push(one));
  }
  for (const one of [server, bare]) await one.stop();
  return [
    rate('node:http, one Buffer', results[0]!, undefined),
    rate('charts', results[1]!, CHARTS_PER_SECOND),
    rate('artist pages', results[2]!, PAGES_PER_SECOND),
  ];
}

/** Charts and artist pages under each memory limit of DuckDB, in turn. */
export async function memoryRates(questions: Questions, runs: number, seconds: number): Promise<ColdRate[][]> {
  const perRun = Math.min(MOST_PER_SECOND * seconds, Math.floor(questions.charts.length / (runs + 1)));
  const pageUrls = questions.artistPages(perRun * (runs + 1));
  const fields: (Record<'charts' | 'pages', (count: number) => readonly string[]> & {
    server: Server;
    limit: string;
  })[] = [];
  for (const limit of MEMORY_LIMITS) {
    const server = await startService(limit, questions.dir, { DUCKDB_MEMORY_LIMIT: limit });
    fields.push({ limit, server, charts: once(questions.charts), pages: once(pageUrls) });
  }
  const results = fields.map(() => ({ charts: [] as Measured[], pages: [] as Measured[] }));
  for (let run = 0; run <= runs; run++)
    for (const [i, { server, charts, pages }] of fields.entries()) {
      const lasts = run === 0 ? 1 : seconds;
      const chartRun = await measureCold(server, closed(charts(perRun), { repeat: false, seconds: lasts }));
      const pageRun = await measureCold(server, closed(pages(perRun), { repeat: false, seconds: lasts }));
      if (run === 0) continue;
      results[i]!.charts.push(chartRun);
      results[i]!.pages.push(pageRun);
    }
  for (const { server } of fields) await server.stop();
  return fields.map(({ limit }, i) => [
    rate(limit, results[i]!.charts, undefined),
    rate(limit, results[i]!.pages, undefined),
  ]);
}

/** Rates as a table in Markdown. */
export function ratesTable(rates: readonly ColdRate[]): string {
  return table(
    ['cold, 64 connections', 'requests/s', 'limit', 'CPU, us/request', 'RSS, MiB'],
    rates.map(({ what, requestsPerSecond, limit, cpuUs, rssMb }) => [
      ...[what, spread(requestsPerSecond, 0)],
      limit === undefined ? '' : `at least ${limit}${median(requestsPerSecond) >= limit ? ', kept' : ', **missed**'}`,
      ...[spread(cpuUs, 0), rssMb.toFixed(0)],
    ]),
  );
}

/** The memory limits as a table in Markdown. */
export function memoryTable(rates: readonly (readonly ColdRate[])[]): string {
  const cells = ({ requestsPerSecond, cpuUs }: ColdRate) => [spread(requestsPerSecond, 0), spread(cpuUs, 0)];
  return table(
    ['`DUCKDB_MEMORY_LIMIT`', 'charts/s', 'CPU, us/chart', 'artist pages/s', 'CPU, us/page', 'RSS, MiB'],
    rates.map(([charts, pages]) => [charts!.what, ...cells(charts!), ...cells(pages!), pages!.rssMb.toFixed(0)]),
  );
}

function rate(what: string, runs: readonly Measured[], limit: number | undefined): ColdRate {
  return {
    ...{ what, limit },
    requestsPerSecond: runs.map((run) => run.requestsPerSecond),
    cpuUs: runs.map((run) => run.cpuUs),
    rssMb: Math.max(...runs.map((run) => run.rssMb)),
  };
}
