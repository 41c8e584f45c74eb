import { readSettings, type Environment } from '../settings.js';
import { k6Options } from './k6-options.js';

const optionsOf = (env: Environment) => k6Options(readSettings({ LOAD_TARGET: 'http://charts', ...env }));

describe('the options of k6', () => {
  it('keep a constant rate for the share of one runner, without a remainder', () => {
    const { scenarios } = optionsOf({ LOAD_SCENARIO: '10k', LOAD_RUNNERS: '3', LOAD_DURATION_SECONDS: '30' });
    expect(scenarios).toEqual({
      '10k': {
        ...{ executor: 'constant-arrival-rate', rate: 10_000, timeUnit: '3s', duration: '30000ms', exec: 'ask' },
        ...{ preAllocatedVUs: 128, maxVUs: 128, gracefulStop: '30s' },
      },
    });
  });

  it('follow the stages of a rate that changes, jumps as stages without time', () => {
    const { scenarios } = optionsOf({ LOAD_SCENARIO: 'spike', LOAD_RATE: '1000' });
    expect(scenarios).toMatchObject({
      spike: {
        ...{ executor: 'ramping-arrival-rate', startRate: 100, timeUnit: '1s' },
        stages: [
          { target: 100, duration: '30000ms' },
          { target: 1000, duration: '0ms' },
          { target: 1000, duration: '90000ms' },
          { target: 100, duration: '0ms' },
          { target: 100, duration: '60000ms' },
        ],
      },
    });
  });

  it('have the thresholds of the scenario, of its own requests only', () => {
    const { thresholds, summaryTrendStats } = optionsOf({
      LOAD_THRESHOLDS: '{"http_req_duration":["p(90)<70"],"checks":[]}',
    });
    expect(thresholds).toEqual({
      'http_req_failed{scenario:smoke}': ['rate<=0'],
      checks: ['rate>=0'],
      dropped_iterations: ['count<=0'],
      'http_req_duration{scenario:smoke,expected_response:true}': ['p(90)<70'],
    });
    expect(summaryTrendStats).toEqual(expect.arrayContaining(['p(50)', 'p(95)', 'p(99)', 'p(99.9)', 'max', 'p(90)']));
  });
});
