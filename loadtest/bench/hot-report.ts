import type { Contender } from './contenders.js';
import type { Pair } from './field.js';
import type { Measured } from './measure.js';
import { table } from './performance-doc.js';
import { median, spread } from './statistics.js';

/** A contender's runs in numbers; those of `ratio` are taken in the same round, pair by pair. */
export interface HotRow {
  readonly key: string;
  readonly name: string;
  readonly cpuUs: readonly number[];
  readonly requestsPerSecond: readonly number[];
  readonly cpuRatio: readonly number[];
  readonly rateRatio: readonly number[];
  /** Against the contender that the limit speaks of, when that is not node:http. */
  readonly limitRatio: readonly number[] | undefined;
  readonly limit: Contender['limit'];
  readonly rssMb: number;
  readonly logLinesPerRequest: number;
  readonly bodyBytes: number;
  readonly generatorBusy: number;
}

/** The rows of the table. */
export function hotRows(
  contenders: readonly Pick<Contender, 'key' | 'name' | 'limit'>[],
  runs: ReadonlyMap<string, readonly Pair[]>,
): HotRow[] {
  return contenders.map(({ key, name, limit }) => {
    const pairs = runs.get(key)!;
    const own = pairs.map((pair) => pair.own);
    const sum = (of: (run: Measured) => number) => own.reduce((total, run) => total + of(run), 0);
    const requests = sum(({ load }) => load.requests);
    // The contender that a limit speaks of has been measured once in each round, as this one has.
    const others = limit && limit.of !== 'bare' ? runs.get(limit.of) : undefined;
    return {
      ...{ key, name, limit },
      cpuUs: own.map((run) => run.cpuUs),
      requestsPerSecond: own.map((run) => run.requestsPerSecond),
      cpuRatio: pairs.map(({ own: run, bare }) => run.cpuUs / bare.cpuUs),
      rateRatio: pairs.map(({ own: run, bare }) => run.requestsPerSecond / bare.requestsPerSecond),
      limitRatio: others && own.map((run, i) => run.cpuUs / others[i]!.own.cpuUs),
      rssMb: Math.max(...own.map((run) => run.rssMb)),
      logLinesPerRequest: sum(({ logLines }) => logLines) / requests,
      bodyBytes: Math.round(sum(({ load }) => load.bodyBytes) / requests),
      generatorBusy: Math.max(...own.map((run) => run.generatorBusy)),
    };
  });
}

/** The rows as a table in Markdown: medians with their ranges, limits beside them. */
export function hotTable(rows: readonly HotRow[]): string {
  const head = [
    '',
    'CPU, us/request',
    'against node:http',
    'limit',
    'requests/s',
    'against node:http',
    'limit',
    'body, bytes',
    'RSS, MiB',
  ];
  return table(
    head,
    rows.map((row) => [
      row.name,
      spread(row.cpuUs),
      spread(row.cpuRatio, 2),
      cpuLimit(row),
      spread(row.requestsPerSecond.map((rate) => rate / 1000)).replace(/[\d.]+/g, (thousands) => `${thousands}k`),
      spread(row.rateRatio, 2),
      row.limit?.rate === undefined ? '' : `at least ${row.limit.rate}${mark(median(row.rateRatio) >= row.limit.rate)}`,
      row.bodyBytes.toLocaleString('en-US'),
      row.rssMb.toFixed(0),
    ]),
  );
}

function cpuLimit({ limit, cpuRatio, limitRatio }: HotRow): string {
  if (limit?.cpu === undefined) return '';
  if (limitRatio === undefined) return `${limit.cpu}${mark(median(cpuRatio) <= limit.cpu)}`;
  if (limitRatio.length === 0) return `${limit.cpu} x from memory`;
  return `${limit.cpu} x from memory: ${spread(limitRatio, 2)}${mark(median(limitRatio) <= limit.cpu)}`;
}

function mark(kept: boolean): string {
  return kept ? ', kept' : ', **missed**';
}
