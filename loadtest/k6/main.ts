import { check, sleep } from 'k6';
import http, { type RefinedResponse } from 'k6/http';
import { Counter } from 'k6/metrics';
import type { Vocabulary } from '../mix.js';
import { seededRandom } from '../random.js';
import { hasExpectedBody, hasExpectedStatus, requestMix, type Expected, type RequestMix } from '../request-mix.js';
import { readSettings } from '../settings.js';
import { startMs } from '../start-at.js';
import { summaryText } from '../summary.js';
import { chartPaths, placesAndDays, readArtists, readFilters, vocabularyOf } from '../vocabulary.js';
import { k6Options } from './k6-options.js';
import { COUNTERS, k6Summary, type K6Results } from './k6-summary.js';

/**
 * A runner for k6: the same requests, scenarios, thresholds and settings as loadtest/node/main.ts. k6 itself ends with 99
 * when a threshold is broken.
 */
const settings = readSettings(__ENV);
const root = settings.target.replace(/\/$/, '');
const hostHeaders: Record<string, string> = settings.authority === undefined ? {} : { Host: settings.authority };
const timeout = `${settings.timeoutMs}ms`;
const failures = countersOf('failed', COUNTERS.failures);
const caches = countersOf('cache', COUNTERS.caches);
const right = { 'answered as expected': (is: boolean) => is };
/** One for each user, for k6 runs this file anew in each. */
let mix: RequestMix | undefined;

export const options = k6Options(settings);

interface SetupData {
  readonly vocabulary: Vocabulary;
  readonly startedAtMs: number;
}

/** Asks the service what there is to ask, and waits for the common start. Throws when the service does not tell, or when the start has gone by. */
export function setup(): SetupData {
  const get = (path: string): unknown => {
    const { status, body } = http.get(root + path, { headers: hostHeaders, timeout: '60s', responseType: 'text' });
    if (status !== 200) throw new Error(`${root}${path} answers ${status}, must answer 200`);
    return JSON.parse(body);
  };
  const filters = readFilters(get('/filters'));
  const charted: string[] = [];
  for (const path of chartPaths(placesAndDays(filters, settings.seed))) charted.push(...readArtists(get(path)));
  const vocabulary = vocabularyOf(filters, charted, settings.seed);
  const startedAtMs = startMs(settings.startAt, Date.now());
  sleep(Math.max(0, startedAtMs - Date.now()) / 1000);
  return { vocabulary, startedAtMs };
}

/** One request of the mix. */
export function ask({ vocabulary }: SetupData): void {
  mix ??= requestMix(vocabulary, settings, seededRandom(settings.seed + 7919 * (settings.runner + 1) + 104_729 * __VU));
  const { path, headers, expected } = mix.draw();
  const response = http.get(root + path, {
    headers: { ...headers, ...hostHeaders },
    ...{ timeout, redirects: 0, responseType: 'text' as const },
    responseCallback: http.expectedStatuses(...expected.statuses),
    // Without a name, each URL would be a series of its own.
    tags: { name: path.split('?')[0] ?? path },
  });
  look(mix, path, 'If-None-Match' in headers, expected, response);
}

/** Prints the summary, and writes it to the file that the settings name. */
export function handleSummary(results: K6Results): Record<string, string> {
  const summary = k6Summary(settings, results, Date.now());
  const file = settings.summaryFile;
  return { stdout: summaryText(summary), ...(file !== undefined && { [file]: `${JSON.stringify(summary)}\n` }) };
}

function look(
  { knows, remember }: RequestMix,
  path: string,
  conditional: boolean,
  expected: Expected,
  { status, body, headers, error_code }: RefinedResponse<'text'>,
): void {
  const isExpected = hasExpectedStatus(expected, status);
  check(isExpected && hasExpectedBody(expected, status, (body ?? '').length), right);
  if (status === 0) failures[failureKind(error_code)]?.add(1);
  if (!isExpected) return;
  caches[headers['X-Cache'] ?? '']?.add(1);
  const etag = headers['Etag'];
  if (status === 200 && etag !== undefined && (conditional || !knows(path))) remember(path, etag);
}

/** Kind of a failure by k6's number for it: 11xx is about names, 12xx about connections, 13xx about TLS. */
function failureKind(code: number): (typeof COUNTERS.failures)[number] {
  if (code === 1050 || code === 1211) return 'timeout';
  if (code === 1201 || code === 1220) return 'reset';
  return code >= 1100 && code < 1400 ? 'connect' : 'protocol';
}

function countersOf(kind: string, names: readonly string[]): Readonly<Record<string, Counter>> {
  const counters: Record<string, Counter> = {};
  for (const name of names) counters[name] = new Counter(`${kind}_${name}`);
  return counters;
}
