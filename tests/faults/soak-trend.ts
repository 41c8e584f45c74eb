/** A figure at a moment, in seconds from the start. */
export interface Sample {
  readonly seconds: number;
  readonly value: number;
}

/** By how much a figure grows in a minute: the slope of the line with the least squares. 0 for fewer than two moments. */
export function growthPerMinute(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [time, level] = [mean(({ seconds }) => seconds), mean(({ value }) => value)];
  const spread = mean(({ seconds }) => (seconds - time) ** 2);
  if (!(spread > 0)) return 0;
  return (mean(({ seconds, value }) => (seconds - time) * (value - level)) / spread) * 60;
}
