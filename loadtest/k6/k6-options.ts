import type { Options, Scenario as K6Scenario } from 'k6/options';
import { isConstant, secondsOf } from '../scenarios.js';
import type { LoadSettings } from '../settings.js';
import { METRICS, parseCondition, type Metric } from '../thresholds.js';

/** Statistics that the summary needs. */
const STATISTICS = ['avg', 'min', 'med', 'max', 'p(50)', 'p(95)', 'p(99)', 'p(99.9)'];
/** The wait for the common start is part of k6's set-up. */
const SETUP_TIMEOUT_SECONDS = 3900;

/**
 * Name that k6 has for a metric where only the requests of the scenario count, not those before it; of durations only those of
 * answers that were expected, for failed requests are not to count as fast ones.
 */
export function k6Metric(metric: Metric, scenario: string): string {
  if (metric === 'http_req_failed') return `http_req_failed{scenario:${scenario}}`;
  return metric === 'http_req_duration' ? `http_req_duration{scenario:${scenario},expected_response:true}` : metric;
}

/**
 * What k6 is told for a scenario: an open model whose rate, given for as many seconds as there are runners, is this
 * runner's share without a remainder. A user of k6 is a connection here; there are never more.
 */
export function k6Options({ load, scenario, runners }: LoadSettings): Options {
  const conditions = METRICS.map((metric) => [metric, load.thresholds[metric] ?? []] as const);
  const named = conditions.flatMap(([metric, all]) => all.map((one) => parseCondition(metric, one).statistic));
  return {
    scenarios: { [scenario]: k6Scenario(load, `${runners}s`) },
    thresholds: Object.fromEntries(
      conditions.map(([metric, all]) => [k6Metric(metric, scenario), all.length > 0 ? [...all] : [alwaysKept(metric)]]),
    ),
    summaryTrendStats: [...new Set([...STATISTICS, ...named.filter((one) => one.startsWith('p('))])],
    setupTimeout: `${SETUP_TIMEOUT_SECONDS}s`,
  };
}

/** k6 tells of a part of a metric only what has a threshold. */
function alwaysKept(metric: Metric): string {
  return `${metric === 'http_req_duration' ? 'max' : metric === 'dropped_iterations' ? 'count' : 'rate'}>=0`;
}

function k6Scenario(load: LoadSettings['load'], timeUnit: string): K6Scenario {
  const { peakPerSecond, fromShare, stages, connections } = load;
  const rate = (share: number) => Math.max(1, Math.round(share * peakPerSecond));
  const duration = (seconds: number) => `${Math.round(seconds * 1000)}ms`;
  const users = { preAllocatedVUs: connections, maxVUs: connections, timeUnit, exec: 'ask', gracefulStop: '30s' };
  if (isConstant(load))
    return {
      executor: 'constant-arrival-rate',
      rate: rate(fromShare),
      duration: duration(secondsOf(stages)),
      ...users,
    };
  return {
    ...{ executor: 'ramping-arrival-rate', startRate: rate(fromShare) },
    stages: stages.map(({ seconds, toShare }) => ({ target: rate(toShare), duration: duration(seconds) })),
    ...users,
  };
}
