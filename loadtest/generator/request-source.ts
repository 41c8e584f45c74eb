import { originalCalls } from '../mix.js';
import { seededRandom } from '../random.js';
import type { LoadPlan } from './plan.js';

/** The bytes of the next request; undefined when there is none left. */
export type RequestSource = () => Buffer | undefined;

/** Requests of a mix whose bytes are kept; the others are made anew. */
const MOST_KEPT = 50_000;

/** The requests of a plan, one after the other. */
export function requestSource(plan: LoadPlan): RequestSource {
  const { requests } = plan;
  const authority = `${plan.host}:${plan.port}`;
  let left = plan.maxRequests;
  const bounded = (next: RequestSource): RequestSource => {
    return () => (left-- > 0 ? next() : undefined);
  };
  if (requests.kind === 'list') {
    const { method, headers, paths, repeat } = requests;
    // Made ahead: making them in the run would slow it.
    const all = paths.map((path) => requestBytes(authority, method, path, headers));
    let at = 0;
    return bounded(() => {
      if (at === all.length && repeat) at = 0;
      return all[at++];
    });
  }
  const { vocabulary, exponent, seed, filtersEtag } = requests;
  const draw = originalCalls(vocabulary, exponent, seededRandom(seed), filtersEtag);
  const kept = new Map<string, Buffer>();
  return bounded(() => {
    const { path, headers } = draw();
    const key = 'If-None-Match' in headers ? `${path} again` : path;
    const known = kept.get(key);
    if (known) return known;
    const bytes = requestBytes(authority, 'GET', path, headers);
    if (kept.size < MOST_KEPT) kept.set(key, bytes);
    return bytes;
  });
}

/** A request to the server of that name (and port) as it goes over the wire. Throws a RangeError when the path or a header would end its line. */
export function requestBytes(
  authority: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Buffer {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${authority}`,
    ...Object.entries(headers).map(([k, v]) => `${k}: ${v}`),
  ];
  // eslint-disable-next-line no-control-regex
  const bad = lines.find((line) => /[\0-\x1f\x7f]/.test(line));
  if (bad !== undefined || path.includes(' ')) throw new RangeError(`not a request: ${JSON.stringify(bad ?? path)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
