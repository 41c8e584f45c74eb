import { measure } from './measure.js';
import { table } from './performance-doc.js';
import { memoryOf } from './processes.js';
import type { Questions } from './questions.js';
import { startService } from './servers.js';
import { spread } from './statistics.js';

/** What the service needs before and after it has been asked. */
export interface Footprint {
  /** From its start to 200 on /readyz, by start. */
  readonly readyMs: readonly number[];
  readonly rssAtStartMb: number;
  readonly rssMb: number;
  readonly peakRssMb: number;
  readonly requests: number;
}

const STARTS = 5;
const REQUESTS = 10_000;
const [MAX_READY_SECONDS, MAX_RSS_MB] = [2, 350];

/** Starts the service some times, and asks the last one for 10,000 things drawn evenly from all there are. */
export async function footprint({ dir, vocabulary }: Questions): Promise<Footprint> {
  const readyMs: number[] = [];
  for (let start = 1; start < STARTS; start++) {
    const server = await startService('started', dir);
    readyMs.push(server.readyMs);
    await server.stop();
  }
  const server = await startService('asked at random', dir);
  readyMs.push(server.readyMs);
  const rssAtStartMb = memoryOf(server.child, 'VmRSS');
  const { load, rssMb } = await measure(server, {
    requests: { kind: 'mix', vocabulary, exponent: 0, seed: 3 },
    model: { kind: 'closed', connections: 8 },
    maxRequests: REQUESTS,
    seconds: 120,
  });
  const peakRssMb = memoryOf(server.child, 'VmHWM');
  await server.stop();
  return { readyMs, rssAtStartMb, rssMb, peakRssMb, requests: load.requests };
}

/** The footprint as a table in Markdown. */
export function footprintTable({ readyMs, rssAtStartMb, rssMb, peakRssMb, requests }: Footprint): string {
  const kept = (is: boolean) => (is ? ', kept' : ', **missed**');
  return table(
    ['', '', 'limit'],
    [
      [
        'start to ready, s',
        spread(
          readyMs.map((ms) => ms / 1000),
          2,
        ),
        `${MAX_READY_SECONDS}${kept(Math.max(...readyMs) <= MAX_READY_SECONDS * 1000)}`,
      ],
      ['RSS when ready, MiB', rssAtStartMb.toFixed(0), ''],
      [
        `RSS after ${requests.toLocaleString('en-US')} random requests, MiB`,
        rssMb.toFixed(0),
        `${MAX_RSS_MB}${kept(rssMb <= MAX_RSS_MB)}`,
      ],
      ['greatest RSS, MiB', peakRssMb.toFixed(0), ''],
    ],
  );
}
