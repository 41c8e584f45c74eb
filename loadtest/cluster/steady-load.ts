import { join } from 'node:path';
import type { LoadSummary } from '../summary.js';
import { SUMMARY_MARK } from '../summary.js';
import { HOST } from './names.js';
import type { ClusterSettings } from './settings.js';
import type { Shell } from './shell.js';

const RUNNER = join(import.meta.dirname, '../node/main.js');
/** As many requests can be in flight at most. */
export const LOAD_CONNECTIONS = 16;
/** Longer than anything that is done beside it. */
const LONGEST_SECONDS = 1800;

/** Requests at a constant rate through the ingress, for as long as something is done beside them. */
export class SteadyLoad {
  private readonly runner: ReturnType<Shell['entered']>;
  private readonly startedAt = Date.now();

  constructor(
    shell: Shell,
    { E2E_INGRESS_URL, E2E_RATE }: ClusterSettings,
    private readonly rate = E2E_RATE,
  ) {
    this.runner = shell.entered([process.execPath, RUNNER], {
      LOAD_TARGET: E2E_INGRESS_URL,
      LOAD_HOST: HOST,
      LOAD_SCENARIO: 'soak',
      LOAD_RATE: String(rate),
      LOAD_DURATION_SECONDS: String(LONGEST_SECONDS),
      LOAD_CONNECTIONS: String(LOAD_CONNECTIONS),
    });
  }

  /** Requests that were due until now. */
  get due(): number {
    return Math.floor(((Date.now() - this.startedAt) / 1000) * this.rate);
  }

  /** Ends the load and tells what it came to. Throws what the runner says when it could not run. */
  async stop(): Promise<LoadSummary> {
    this.runner.child.kill('SIGTERM');
    const { out, err, code } = await this.runner.ended;
    const line = out.split('\n').find((text) => text.startsWith(SUMMARY_MARK));
    if (line === undefined) throw new Error(`the load ended with ${code} and no summary: ${err}`);
    return JSON.parse(line.slice(SUMMARY_MARK.length)) as LoadSummary;
  }
}

/** What came of the requests that were due in a stretch of time, both in milliseconds since 1970. */
export function countsBetween({ series, startedAtMs }: LoadSummary, fromMs: number, toMs: number) {
  const counts = { answered: 0, failed: 0, dropped: 0 };
  if (series === undefined) throw new Error('the runner kept no course of the run');
  const { intervalMs, intervals } = series;
  intervals.forEach(({ answered, failed, dropped }, index) => {
    const at = startedAtMs + index * intervalMs;
    if (at + intervalMs <= fromMs || at >= toMs) return;
    counts.answered += answered;
    counts.failed += failed;
    counts.dropped += dropped;
  });
  return counts;
}
