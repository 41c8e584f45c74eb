import { PassThrough } from 'node:stream';
import { chartCsv, chartDays } from '../../apps/dataset/src/transform/testing/chart-rows.js';
import { runDataset } from '../../apps/dataset/src/usage.js';

/** A sound file of invented charts. */
export const SOUND = chartCsv(chartDays(3, ['Global', 'Brazil'], 4));

/** Runs a command line within this process. */
export async function run(...args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const signal = new AbortController().signal;
  const exitCode = await runDataset(args, { stdout, stderr, terminal: false, signal });
  return { exitCode, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

/** Builds a dataset from a file, however many of its rows are bad. */
export function build(file: string, dir: string): ReturnType<typeof run> {
  return run('build', file, '--out', dir, '--quiet', '--threads', '1', '--max-rejects', '100%');
}
