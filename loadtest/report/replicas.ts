import type { Overall } from './merge.js';

/** How many pods there were at a time. */
export interface ReplicaSample {
  /** Since 1970. */
  readonly epochSeconds: number;
  readonly replicas: number;
}

/**
 * Reads samples of a replica count, one a line: `time,replicas` or `{"time":…,"replicas":…}`, the time in seconds since 1970
 * or as ISO 8601. A first line that begins with `time` is passed over, and so is a line without a number of replicas, as an autoscaler
 * gives that knows none yet. Sorted by time. Throws a SyntaxError for a line that is neither.
 */
export function readReplicas(text: string): readonly ReplicaSample[] {
  const lines = text.split('\n').map((line) => line.trim());
  const samples = lines.flatMap((line, i) => {
    if (line === '' || (i === 0 && /^"?time/i.test(line))) return [];
    const [time = '', replicas = ''] = line.startsWith('{') ? fromJson(line) : line.split(/[,;\t ]+/);
    const epochSeconds = secondsSince1970(time);
    if (epochSeconds === undefined)
      throw new SyntaxError(`line ${i + 1} is ${JSON.stringify(line)}, must be such as 1700000000,3`);
    const count = replicas;
    return /^\d+$/.test(count) ? [{ epochSeconds, replicas: Number(count) }] : [];
  });
  return samples.toSorted((a, b) => a.epochSeconds - b.epochSeconds);
}

function fromJson(line: string): readonly string[] {
  try {
    const { time, replicas } = JSON.parse(line) as { readonly time?: unknown; readonly replicas?: unknown };
    return [time, replicas].map((value) => (typeof value === 'string' ? value : JSON.stringify(value ?? null)));
  } catch {
    return [];
  }
}

function secondsSince1970(time: string): number | undefined {
  if (/^\d{9,11}(?:\.\d+)?$/.test(time)) return Number(time);
  const ms = /^\d{4}-\d\d-\d\dT/.test(time) ? Date.parse(time) : NaN;
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

/** Samples as `readReplicas` reads them. */
export function writtenReplicas(samples: readonly ReplicaSample[]): string {
  const lines = samples.map(({ epochSeconds, replicas }) => `${epochSeconds.toFixed(1)},${replicas}`);
  return ['time,replicas', ...lines, ''].join('\n');
}

/** Pods at the start of a run, at most and at its end; undefined when none of the samples is of its time. */
export function replicasDuring(
  samples: readonly ReplicaSample[],
  { startedAtMs, seconds }: Pick<Overall, 'startedAtMs' | 'seconds'>,
): { readonly first: number; readonly most: number; readonly last: number } | undefined {
  const [start, end] = [startedAtMs / 1000, startedAtMs / 1000 + seconds];
  const before = samples.findLast(({ epochSeconds }) => epochSeconds <= start);
  const during = samples.filter(({ epochSeconds }) => epochSeconds > start && epochSeconds <= end);
  if (during.length === 0) return undefined;
  const counts = [...(before ? [before] : []), ...during].map(({ replicas }) => replicas);
  return { first: counts[0]!, most: Math.max(...counts), last: counts.at(-1)! };
}
