/** Metrics that thresholds are about, with the meaning that k6 gives them. */
export const METRICS = ['http_req_failed', 'checks', 'dropped_iterations', 'http_req_duration'] as const;
/** Name of such a metric. */
export type Metric = (typeof METRICS)[number];

/** Conditions by metric, written as k6 does: `rate<0.01`, `count<=0`, `p(99)<250` (milliseconds). */
export type ThresholdsByMetric = Readonly<Partial<Record<Metric, readonly string[]>>>;

/** A condition taken apart. */
export interface Condition {
  /** `rate`, `count`, `avg`, `min`, `med`, `max` or `p(…)`. */
  readonly statistic: string;
  readonly comparison: '<' | '<=' | '>' | '>=';
  readonly limit: number;
}

/** What came of a condition. A value is absent when there was nothing to measure. */
export interface Verdict {
  readonly metric: Metric;
  readonly condition: string;
  readonly value: number | null;
  readonly ok: boolean;
}

const STATISTICS: Readonly<Record<Metric, RegExp>> = {
  http_req_failed: /^rate$/,
  checks: /^rate$/,
  dropped_iterations: /^(?:count|rate)$/,
  http_req_duration: /^(?:avg|min|med|max|p\((?:100|\d{1,2}(?:\.\d+)?)\))$/,
};

/** Takes a condition apart. Throws a RangeError that says what the metric can be compared by. */
export function parseCondition(metric: Metric, condition: string): Condition {
  const parts = /^\s*([a-z]+(?:\([\d.]+\))?)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*$/.exec(condition);
  const [, statistic = '', comparison, limit] = parts ?? [];
  if (!STATISTICS[metric].test(statistic)) {
    const right =
      metric === 'http_req_duration' ? 'p(99)<250' : metric === 'dropped_iterations' ? 'count<=0' : 'rate<0.01';
    throw new RangeError(`the threshold of ${metric} is ${JSON.stringify(condition)}, must be such as ${right}`);
  }
  return { statistic, comparison: comparison as Condition['comparison'], limit: Number(limit) };
}

/** Whether a value meets a condition. */
export function meets({ comparison, limit }: Condition, value: number): boolean {
  if (comparison === '<') return value < limit;
  if (comparison === '<=') return value <= limit;
  return comparison === '>' ? value > limit : value >= limit;
}

/** Judges all thresholds by values that are looked up; a value that is absent or no number breaks its threshold. Throws as {@link parseCondition}. */
export function judge(
  thresholds: ThresholdsByMetric,
  valueOf: (metric: Metric, statistic: string) => number | undefined,
): readonly Verdict[] {
  return METRICS.flatMap((metric) =>
    (thresholds[metric] ?? []).map((condition) => {
      const parsed = parseCondition(metric, condition);
      const value = valueOf(metric, parsed.statistic) ?? NaN;
      return { metric, condition, value: Number.isFinite(value) ? value : null, ok: meets(parsed, value) };
    }),
  );
}
