import { table } from './performance-doc.js';

/** What came of a constant rate of arrivals. Latencies count from when a request was due. */
export interface OpenResult {
  /** Requests a second that bare node:http reached just before. */
  readonly bareRate: number;
  readonly rate: number;
  readonly seconds: number;
  readonly requests: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly caches: Readonly<Record<string, number>>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  /** At the end of each tenth of the run. */
  readonly rssMb: readonly number[];
  readonly serverBusy: number;
  readonly generatorBusy: number;
}

const [MAX_P99_MS, MAX_RSS_MB] = [25, 350];

/** The result as a table in Markdown, with its limits. */
export function openTable(result: OpenResult): string {
  const kept = (is: boolean) => (is ? ', kept' : ', **missed**');
  const errors = Object.entries(result.errors);
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const whole = (value: number) => Math.round(value).toLocaleString('en-US');
  const answers = Object.values(result.caches).reduce((sum, count) => sum + count, 0);
  const caches = Object.entries(result.caches).map(([cache, count]) => `${cache} ${percent(count / answers)}`);
  return table(
    ['', '', 'limit'],
    [
      ['arrivals a second', whole(result.rate), `half of node:http's ${whole(result.bareRate)}`],
      ['seconds, right answers', `${result.seconds}, ${whole(result.requests)}`, ''],
      [
        'errors',
        errors.map(([what, count]) => `${what}: ${whole(count)}`).join('; ') || '0',
        `0${kept(errors.length === 0)}`,
      ],
      ['p50, ms', result.p50Ms.toFixed(2), ''],
      ['p99, ms', result.p99Ms.toFixed(2), `${MAX_P99_MS}${kept(result.p99Ms < MAX_P99_MS)}`],
      ['p99.9, ms', result.p999Ms.toFixed(2), ''],
      ['longest, ms', result.maxMs.toFixed(1), ''],
      [
        'RSS at each tenth, MiB',
        result.rssMb.map((rss) => rss.toFixed(0)).join(', '),
        `${MAX_RSS_MB}${kept(Math.max(...result.rssMb) < MAX_RSS_MB)}`,
      ],
      ['answers by cache', caches.join(', '), ''],
      ['core at work: server, generator', `${percent(result.serverBusy)}, ${percent(result.generatorBusy)}`, ''],
    ],
  );
}
