import type { MixedRequests } from '../generator/plan.js';
import { SHARES } from '../mix.js';
import { get } from './http-get.js';
import { describeMachine } from './machine.js';
import { closed, measure } from './measure.js';
import { openTable, type OpenResult } from './open-report.js';
import { questionsOf, readOptions } from './options.js';
import { writeNumbers, writeSection } from './performance-doc.js';
import { memoryOf } from './processes.js';
import { record, startRecorded, startService } from './servers.js';

/**
 * `npm run bench:open`: the mix of the four original calls arriving at a constant rate, half of what bare node:http
 * reached with 64 connections just before. Options: --seconds (of the run), --rate (instead of
 * half), --exponent, --rows, --dataset, --dry.
 */
const options = readOptions({ runs: 1, seconds: 60 });
const questions = await questionsOf(options);
const { seconds, exponent } = options;
const TENTHS = 10;
const WARM_UP_SECONDS = 20;

const server = await startService('open', questions.dir);
const recording = await record(
  await get(
    server.port,
    questions.charts.find((url) => !url.includes('chart='))!,
  ),
);
const bare = await startRecorded('node:http', 'bare-http', recording);
await measure(bare, closed(['/'], { seconds: 1 }));
const { requestsPerSecond: bareRate } = await measure(bare, closed(['/']));
await bare.stop();

const filtersEtag = (await get(server.port, '/filters')).header('etag');
const mix: MixedRequests = {
  ...{ kind: 'mix', vocabulary: questions.vocabulary, exponent, seed: 1 },
  ...(filtersEtag !== undefined && { filtersEtag }),
};
const statuses = [200, 304];
// A pod that has just started is not given the whole load at once: it begins with what it can take.
await measure(server, {
  requests: { ...mix, seed: 2 },
  model: { kind: 'closed', connections: 64 },
  statuses,
  seconds: WARM_UP_SECONDS,
});

const rate = options.rate ?? Math.floor(bareRate / 2);
console.log(`node:http reached ${bareRate.toFixed(0)} requests/s; ${rate}/s for ${seconds} s`);
const rssMb: number[] = [];
const watch = setInterval(() => rssMb.push(memoryOf(server.child, 'VmRSS')), (seconds * 1000) / TENTHS);
const model = { kind: 'open', connections: 128, requestsPerSecond: rate } as const;
const measured = await measure(server, { requests: mix, model, statuses, seconds, observe: true }, true);
clearInterval(watch);
await server.stop();

const ms = (share: number) => measured.latency.quantile(share) / 1000;
const result: OpenResult = {
  ...{ bareRate, rate, seconds, rssMb: rssMb.slice(0, TENTHS) },
  ...{ requests: measured.load.requests, errors: measured.load.errors, caches: measured.load.caches },
  ...{ p50Ms: ms(0.5), p99Ms: ms(0.99), p999Ms: ms(0.999), maxMs: measured.latency.maxUs / 1000 },
  ...{ serverBusy: measured.serverBusy, generatorBusy: measured.generatorBusy },
};
const shares = Object.entries(SHARES)
  .map(([call, share]) => `\`/${call}\` ${Math.round(share * 100)} %`)
  .join(', ');
const machine = describeMachine();
const text = `${machine}. ${questions.entries.toLocaleString('en-US')} entries; ${shares}; regions, dates and artists by Zipf's law with exponent ${exponent}; default settings; ${WARM_UP_SECONDS} s of the mix before.\n\n${openTable(result)}`;
console.log(`\n${text}`);
if (!options.dry) {
  await writeNumbers('open', { machine, dataset: questions.version, entries: questions.entries, ...result });
  await writeSection('open', text);
}
