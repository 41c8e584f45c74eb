import { readFileSync } from 'node:fs';
import { SCENARIOS, isConstant, secondsOf, type Scenario } from './scenarios.js';
import { readSettings, SettingsError, type Environment } from './settings.js';
import { METRICS, parseCondition } from './thresholds.js';

const TARGET = { LOAD_TARGET: 'http://charts:5000' };
const read = (more: Environment = {}) => readSettings({ ...TARGET, ...more });

describe('the settings of a runner', () => {
  it('need no more than a target', () => {
    expect(read()).toEqual({
      ...{ target: 'http://charts:5000', scenario: 'smoke', load: SCENARIOS.smoke, seed: 1, runners: 1, runner: 0 },
      ...{ startAt: { kind: 'now' }, timeoutMs: 10_000, conditionalShare: 0.1, wrongShare: 0.01 },
    });
  });

  it('replace what the scenario says', () => {
    const { load } = read({
      ...{ LOAD_SCENARIO: 'spike', LOAD_RATE: '500', LOAD_DURATION_SECONDS: '18', LOAD_CONNECTIONS: '9' },
      LOAD_THRESHOLDS: '{"http_req_duration":["p(95)<70","max<900"]}',
    });
    expect(load).toMatchObject({ peakPerSecond: 500, connections: 9, fromShare: 0.1 });
    expect(secondsOf(load.stages)).toBeCloseTo(18);
    expect(load.stages.map(({ toShare }) => toShare)).toEqual(SCENARIOS.spike.stages.map(({ toShare }) => toShare));
    expect(load.thresholds).toEqual({ ...SCENARIOS.spike.thresholds, http_req_duration: ['p(95)<70', 'max<900'] });
  });

  it('take the number of the runner from the Job, unless it is given', () => {
    const job = { LOAD_RUNNERS: '4', JOB_COMPLETION_INDEX: '3' };
    expect(read(job).runner).toBe(3);
    expect(read({ ...job, LOAD_RUNNER: '1' }).runner).toBe(1);
  });

  it('know three ways to start', () => {
    expect(read({ LOAD_START_AT: 'now' }).startAt).toEqual({ kind: 'now' });
    expect(read({ LOAD_START_AT: 'barrier', LOAD_BARRIER_SECONDS: '20' }).startAt).toEqual({
      ...{ kind: 'barrier', everySeconds: 20 },
    });
    expect(read({ LOAD_START_AT: '1700000000' }).startAt).toEqual({ kind: 'time', epochSeconds: 1_700_000_000 });
  });

  it('take an empty variable as none', () => {
    expect(read({ LOAD_RATE: '', LOAD_HOST: ' ', LOAD_CONNECTION_REQUESTS: '0' })).toEqual(read());
  });

  it.each([
    ['LOAD_TARGET', 'charts'],
    ['LOAD_TARGET', 'http://charts/api'],
    ['LOAD_SCENARIO', 'huge'],
    ['LOAD_RATE', '0'],
    ['LOAD_RATE', 'fast'],
    ['LOAD_DURATION_SECONDS', '1e9'],
    ['LOAD_CONNECTIONS', '1.5'],
    ['LOAD_RUNNER', '1'],
    ['LOAD_START_AT', 'tomorrow'],
    ['LOAD_HOST', 'http://charts'],
    ['LOAD_THRESHOLDS', '{"http_reqs":["rate>1"]}'],
    ['LOAD_THRESHOLDS', '{"checks":["rate=1"]}'],
    ['LOAD_THRESHOLDS', '{"checks":"rate>0"}'],
    ['LOAD_THRESHOLDS', '[]'],
    ['LOAD_THRESHOLDS', 'p(99)<1'],
    ['LOAD_WRONG_SHARE', '2'],
  ])('cannot be %s=%s', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(SettingsError);
    expect(() => read({ [name]: value })).toThrow(name);
  });

  it('name all faults at once', () => {
    expect(() => readSettings({ LOAD_RATE: 'x', LOAD_SEED: '-1' })).toThrow(/LOAD_TARGET is missing[^]*LOAD_/);
    expect(() => readSettings({ LOAD_RATE: 'x', LOAD_SEED: '-1' })).toThrow(
      /LOAD_SEED[^]*LOAD_RATE|LOAD_RATE[^]*LOAD_SEED/,
    );
  });

  it('are all explained, and no others', () => {
    const names = (file: string) =>
      [
        ...new Set(readFileSync(new URL(file, import.meta.url), 'utf8').match(/\b(?:LOAD_[A-Z_]+|JOB_[A-Z_]+)\b/g)),
      ].sort();
    expect(names('README.md')).toEqual(names('settings.ts'));
  });
});

describe('the scenarios', () => {
  it.each(Object.entries<Scenario>(SCENARIOS))(
    '%s has thresholds that can be read, for every metric',
    (_, { thresholds }) => {
      for (const metric of METRICS) {
        const conditions = thresholds[metric] ?? [];
        expect(conditions.length).toBeGreaterThan(0);
        conditions.forEach((condition) => expect(parseCondition(metric, condition).limit).toBeGreaterThanOrEqual(0));
      }
    },
  );

  it('have one of ten thousand requests a second from the first on', () => {
    expect(SCENARIOS['10k'].peakPerSecond).toBe(10_000);
    expect(Object.entries(SCENARIOS).flatMap(([name, one]) => (isConstant(one) ? [name] : []))).toEqual([
      ...['smoke', '10k', 'soak'],
    ]);
  });

  it.each(Object.entries(SCENARIOS))('%s never asks for more than its peak', (_, { stages, fromShare }) => {
    expect(Math.max(fromShare, ...stages.map(({ toShare }) => toShare))).toBe(1);
  });
});
