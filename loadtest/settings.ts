import { SCENARIOS, secondsOf, stretched, type Scenario, type ScenarioName } from './scenarios.js';
import { METRICS, parseCondition, type ThresholdsByMetric } from './thresholds.js';

/** Variables of the environment, as Node and k6 give them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that a runner is told. */
export interface LoadSettings {
  /** URL of the service, its Service or its ingress, without a path. */
  readonly target: string;
  /** Host header where it is not the target's own: for an ingress that is reached by another name. */
  readonly authority?: string;
  readonly scenario: ScenarioName;
  readonly load: Scenario;
  readonly seed: number;
  readonly runners: number;
  /** From 0. */
  readonly runner: number;
  readonly startAt: StartAt;
  readonly timeoutMs: number;
  /** Requests after which a connection is renewed. */
  readonly connectionRequests?: number;
  /** Shares of requests with an ETag seen before, and of wrong ones. */
  readonly conditionalShare: number;
  readonly wrongShare: number;
  /** File for the summary, besides standard output. */
  readonly summaryFile?: string;
}

/** At once, at the next full `everySeconds` of the clock, or at a time in seconds since 1970. */
export type StartAt =
  | { readonly kind: 'now' }
  | { readonly kind: 'barrier'; readonly everySeconds: number }
  | { readonly kind: 'time'; readonly epochSeconds: number };

/** Settings that cannot be used; the message names each fault on a line of its own. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Reads the variables that begin with `LOAD_`, and `JOB_COMPLETION_INDEX`. Throws {@link SettingsError} with all faults. */
export function readSettings(env: Environment): LoadSettings {
  const reader = new Reader(env);
  const settings = readAll(reader);
  reader.throwFaults();
  return settings;
}

function readAll(reader: Reader): LoadSettings {
  const names = Object.keys(SCENARIOS) as ScenarioName[];
  const scenario = reader.oneOf('LOAD_SCENARIO', names, 'smoke');
  const runners = reader.number('LOAD_RUNNERS', 1, 1, 1000, true);
  // Kubernetes gives each pod of an indexed Job its number.
  const index = reader.has('LOAD_RUNNER') ? 'LOAD_RUNNER' : 'JOB_COMPLETION_INDEX';
  const authority = reader.text('LOAD_HOST', /^[^\s/@]+$/, 'a host name, with a port where it needs one');
  const summaryFile = reader.text('LOAD_SUMMARY', /./, 'a path');
  const renewed = reader.number('LOAD_CONNECTION_REQUESTS', 0, 0, 1_000_000_000, true);
  return {
    target: reader.text('LOAD_TARGET', /^https?:\/\/[^\s/?#@]+\/?$/, 'a URL such as http://charts', true) ?? '',
    scenario,
    load: readLoad(reader, SCENARIOS[scenario]),
    seed: reader.number('LOAD_SEED', 1, 0, 2 ** 31, true),
    runners,
    runner: reader.number(index, 0, 0, runners - 1, true),
    startAt: readStart(reader),
    timeoutMs: reader.number('LOAD_TIMEOUT_MS', 10_000, 1, 600_000, true),
    conditionalShare: reader.number('LOAD_CONDITIONAL_SHARE', 0.1, 0, 1),
    wrongShare: reader.number('LOAD_WRONG_SHARE', 0.01, 0, 1),
    ...(authority !== undefined && { authority }),
    ...(summaryFile !== undefined && { summaryFile }),
    ...(renewed > 0 && { connectionRequests: renewed }),
  };
}

function readLoad(reader: Reader, scenario: Scenario): Scenario {
  const seconds = reader.number('LOAD_DURATION_SECONDS', secondsOf(scenario.stages), 1, 86_400);
  return {
    ...scenario,
    peakPerSecond: reader.number('LOAD_RATE', scenario.peakPerSecond, 1, 10_000_000),
    connections: reader.number('LOAD_CONNECTIONS', scenario.connections, 1, 4096, true),
    stages: stretched(scenario.stages, seconds),
    thresholds: { ...scenario.thresholds, ...reader.thresholds('LOAD_THRESHOLDS') },
  };
}

function readStart(reader: Reader): StartAt {
  const everySeconds = reader.number('LOAD_BARRIER_SECONDS', 60, 1, 3600, true);
  const text = reader.text('LOAD_START_AT', /^(?:now|barrier|\d{9,11})$/, 'now, barrier or seconds since 1970');
  if (text === 'barrier') return { kind: 'barrier', everySeconds };
  return text === undefined || text === 'now' ? { kind: 'now' } : { kind: 'time', epochSeconds: Number(text) };
}

/** Reads variables one by one and gathers what is wrong with them; an empty one counts as absent. */
class Reader {
  private readonly faults: string[] = [];

  constructor(private readonly env: Environment) {}

  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  text(name: string, pattern: RegExp, right: string, needed = false): string | undefined {
    const value = this.value(name);
    if (value === undefined && needed) this.faults.push(`${name} is missing, must be ${right}`);
    if (value !== undefined && !pattern.test(value)) this.fault(name, value, right);
    return value;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], otherwise: T): T {
    const value = this.value(name) ?? otherwise;
    const found = allowed.filter((one) => one === value)[0];
    if (found === undefined) this.fault(name, value, `one of ${allowed.join(', ')}`);
    return found ?? otherwise;
  }

  number(name: string, otherwise: number, least: number, most: number, whole = false): number {
    const value = this.value(name);
    if (value === undefined) return otherwise;
    const number = Number(value);
    const right = `a ${whole ? 'whole ' : ''}number from ${least} to ${most}`;
    if (!(number >= least && number <= most) || (whole && !Number.isInteger(number))) this.fault(name, value, right);
    return number;
  }

  thresholds(name: string): ThresholdsByMetric {
    const value = this.value(name);
    if (value === undefined) return {};
    try {
      return checkedThresholds(JSON.parse(value));
    } catch (error) {
      this.faults.push(`${name}: ${(error as Error).message}`);
      return {};
    }
  }

  throwFaults(): void {
    if (this.faults.length > 0) throw new SettingsError(this.faults.join('\n'));
  }

  private value(name: string): string | undefined {
    const value = this.env[name]?.trim();
    return value === '' ? undefined : value;
  }

  private fault(name: string, value: string, right: string): void {
    this.faults.push(`${name} is ${JSON.stringify(value)}, must be ${right}`);
  }
}

function checkedThresholds(value: unknown): ThresholdsByMetric {
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  if (!entries) throw new RangeError('must be JSON such as {"http_req_duration":["p(99)<250"]}');
  const checked = entries.map(([name, conditions]) => {
    const metric = METRICS.filter((one) => one === name)[0];
    if (metric === undefined) throw new RangeError(`${name} is none of ${METRICS.join(', ')}`);
    if (!Array.isArray(conditions)) throw new RangeError(`${name} must have a list of conditions`);
    conditions.forEach((condition) => parseCondition(metric, String(condition)));
    return [metric, conditions.map(String)] as const;
  });
  return Object.fromEntries(checked);
}
