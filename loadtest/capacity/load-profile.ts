/** Load over time, whatever the answers do (open model). */
export interface LoadProfile {
  /** Requests a second at a second. */
  readonly at: (second: number) => number;
  /** Seconds at which the load goes to another level, in order. */
  readonly changes: readonly number[];
}

/** A higher level for some seconds, and the former before and after. */
export function spike(usual: number, high: number, atSecond: number, seconds: number): LoadProfile {
  return levels([
    [0, usual],
    [atSecond, high],
    [atSecond + seconds, usual],
  ]);
}

/** Evenly from one level to another within some seconds; that is one change. */
export function ramp(from: number, to: number, atSecond: number, seconds: number): LoadProfile {
  const done = (second: number) => Math.min(1, Math.max(0, (second - atSecond) / seconds));
  return { at: (second) => from + (to - from) * done(second), changes: [atSecond] };
}

/** Levels, each from a second on. Throws a RangeError unless they begin at 0 and are in order. */
export function levels(all: readonly (readonly [fromSecond: number, perSecond: number])[]): LoadProfile {
  const starts = all.map(([start]) => start);
  if (starts[0] !== 0 || starts.some((start, i) => i > 0 && start <= starts[i - 1]!))
    throw new RangeError(`levels begin at second 0 and follow each other: ${starts.join(', ')}`);
  return { at: (second) => all.findLast(([start]) => start <= second)?.[1] ?? 0, changes: starts.slice(1) };
}

/**
 * The same with a swing of a share up and down: two waves whose periods have no common measure, so that they meet the rhythm of
 * the autoscaler at every phase. It is no change of level.
 */
export function wavering(profile: LoadProfile, share: number, periodSeconds = 47): LoadProfile {
  const wave = (second: number, period: number) => Math.sin((2 * Math.PI * second) / period);
  const swing = (second: number) => (wave(second, periodSeconds) + wave(second, periodSeconds * Math.SQRT2)) / 2;
  return { ...profile, at: (second) => profile.at(second) * (1 + share * swing(second)) };
}
