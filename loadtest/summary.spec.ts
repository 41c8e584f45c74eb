import { countedValue, SUMMARY_MARK, summaryHead, summaryText, type LoadSummary } from './summary.js';
import { readSettings } from './settings.js';

const settings = readSettings({ LOAD_TARGET: 'http://charts', LOAD_RUNNERS: '2', LOAD_RUNNER: '1' });
const SUMMARY: LoadSummary = {
  ...summaryHead(settings, 15),
  ...{ tool: 'node', startedAtMs: 1_700_000_000_000, elapsedSeconds: 20, interrupted: false, ok: false },
  requests: { answered: 90, failed: 10, dropped: 3, wrongBodies: 9 },
  failures: { reset: 7, 'status 503': 3 },
  caches: { l1: 80, miss: 10 },
  latencyMs: { p50: 1, p95: 2, p99: 3, p999: 4, max: null },
  thresholds: [
    { metric: 'checks', condition: 'rate>=1', value: 0.81, ok: false },
    { metric: 'dropped_iterations', condition: 'count<5', value: 3, ok: true },
    { metric: 'http_req_duration', condition: 'p(99)<1', value: null, ok: false },
  ],
};

describe('the summary', () => {
  it('says in words what programs read in its last line', () => {
    const lines = summaryText(SUMMARY).trimEnd().split('\n');
    expect(lines[0]).toBe('smoke, runner 2 of 2 (node), http://charts');
    expect(lines.join('\n')).toContain('100 in 20.0 s, 5/s');
    expect(lines.join('\n')).toContain('10: reset 7, status 503 3');
    expect(lines.filter((line) => line.includes('BROKEN'))).toEqual([
      expect.stringContaining('checks rate>=1: 0.81'),
      expect.stringContaining('nothing measured'),
    ]);
    expect(lines.at(-1)!.startsWith(SUMMARY_MARK)).toBe(true);
    expect(JSON.parse(lines.at(-1)!.slice(SUMMARY_MARK.length))).toEqual(SUMMARY);
  });

  it('tells that a signal ended the run', () => {
    expect(summaryText(SUMMARY)).not.toContain('signal');
    expect(summaryText({ ...SUMMARY, interrupted: true })).toContain('signal');
  });

  it('counts rates from what was sent, and drops from what was due', () => {
    const value = (metric: string, statistic = 'rate') => countedValue(SUMMARY.requests, metric, statistic, 15);
    expect([value('http_req_failed'), value('checks')]).toEqual([0.1, 0.81]);
    expect([value('dropped_iterations', 'count'), value('dropped_iterations')]).toEqual([3, 0.2]);
    expect(value('http_req_duration', 'p(99)')).toBeUndefined();
    const nothing = { answered: 0, failed: 0, dropped: 4, wrongBodies: 0 };
    expect(countedValue(nothing, 'http_req_failed', 'rate', 15)).toBeUndefined();
    expect(countedValue(nothing, 'dropped_iterations', 'count', 15)).toBe(4);
  });
});
