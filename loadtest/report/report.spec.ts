import { Histogram } from '../generator/histogram.js';
import type { LoadSummary } from '../summary.js';
import { alignedTable } from './aligned-table.js';
import { summariesIn } from './collect.js';
import { coursePlot } from './course-plot.js';
import { loadReport } from './load-report.js';
import { overall } from './merge.js';
import { readReplicas } from './replicas.js';

const START = 1_700_000_000_000;

function histogram(...ms: readonly number[]): Histogram {
  const one = new Histogram();
  ms.forEach((value) => one.record(value * 1000));
  return one;
}

/** A runner that answered one request a second, in so many milliseconds each. */
function summaryOf(runner: number, ms: readonly number[], more: Partial<LoadSummary> = {}): LoadSummary {
  const all = histogram(...ms);
  const at = (share: number) => all.quantile(share) / 1000;
  return {
    ...{ format: 1, tool: 'node', scenario: 'smoke', target: 'http://charts', seed: 1, runner, runners: 2 },
    ...{ connections: 4, peakPerSecond: 2, startedAtMs: START, seconds: ms.length, elapsedSeconds: ms.length },
    ...{ interrupted: false, failures: {}, caches: {}, thresholds: [], ok: true },
    requests: { answered: ms.length, failed: 0, dropped: 0, wrongBodies: 0 },
    latencyMs: { p50: at(0.5), p95: at(0.95), p99: at(0.99), p999: at(0.999), max: at(1) },
    latency: all.toJSON(),
    series: {
      intervalMs: 1000,
      intervals: ms.map((value) => ({ answered: 1, failed: 0, dropped: 0, latency: histogram(value).toJSON() })),
    },
    ...more,
  };
}

const PAIR = [summaryOf(0, [1, 1, 1, 1]), summaryOf(1, [9, 9, 9, 90])] as const;
const k6 = (runner: number): LoadSummary => {
  const { latency: _latency, series: _series, ...rest } = summaryOf(runner, [5], { tool: 'k6' });
  return rest;
};

describe('the summaries that are collected', () => {
  it('are found in files and in logs, whatever stands before them, each once', () => {
    const [one, two] = PAIR;
    const log = `starting\n[pod/load-1-x/load] SUMMARY ${JSON.stringify(two)}\n2026-01-01T00:00:00Z SUMMARY ${JSON.stringify(one)}\n`;
    expect(summariesIn([log, `${JSON.stringify(one)}\n`, ''])).toEqual(PAIR);
  });

  it('are refused when they are cut off or of another format', () => {
    const text = JSON.stringify(PAIR[0]);
    expect(() => summariesIn([`SUMMARY ${text.slice(0, -9)}\n`])).toThrow('cut off or damaged: {"format"');
    expect(() => summariesIn([text.replace('"format":1', '"format":7')])).toThrow('format 7');
  });
});

describe('runners together', () => {
  it('have the percentiles of all their requests, which are not the mean of theirs', () => {
    const all = overall(PAIR);
    expect([0.5, 0.75, 1].map((share) => all.latency!.quantile(share) / 1000)).toEqual([
      ...[expect.closeTo(1), expect.closeTo(9, 0), 90],
    ]);
    expect(all.requests.answered).toBe(8);
  });

  it('have no percentiles when one of them tells no histogram', () => {
    const all = overall([PAIR[0], k6(1)]);
    expect(all.latency).toBeUndefined();
    expect(loadReport([PAIR[0], k6(1)], all)).toMatch(/\| all +\| +5 \| +1 \| +0 \| +0 \| +0 \| +– \| +– \|/);
  });

  it('have one course by the clock, whenever each began and however long its intervals are', () => {
    const late = summaryOf(1, [3, 3], { startedAtMs: START + 2000 });
    const coarse = { ...late, series: { ...late.series!, intervalMs: 2000 } };
    const perSecond = (summaries: readonly LoadSummary[]) =>
      overall(summaries).course.map(({ second, answeredPerSecond }) => [second, answeredPerSecond]);
    expect(perSecond([PAIR[0], late])).toEqual([
      [0, 1],
      [1, 1],
      [2, 2],
      [3, 2],
    ]);
    expect(perSecond([PAIR[0], coarse])).toEqual([
      [0, 1],
      [2, 1.5],
      [4, 0.5],
    ]);
  });

  it('pass only when every one is there and kept its thresholds', () => {
    expect(overall(PAIR).ok).toBe(true);
    expect(overall([PAIR[0]])).toMatchObject({ ok: false, missing: [2] });
    expect(overall([PAIR[0], { ...PAIR[1], ok: false }]).ok).toBe(false);
    expect(() => overall([])).toThrow('no summary');
  });

  it('add up their failures by kind', () => {
    const failing = PAIR.map((one) => ({ ...one, failures: { reset: 2, [`status 50${one.runner}`]: 1 } }));
    expect(overall(failing).failures).toEqual({ reset: 4, 'status 500': 1, 'status 501': 1 });
  });
});

describe('the report', () => {
  it('has a row for each runner and one for all', () => {
    const report = loadReport(PAIR, overall(PAIR));
    expect(report).toContain(
      '**smoke** on http://charts, 2023-11-14T22:13:20.000Z: up to 2 requests/s for 4 s from 2 of 2 runners (node)',
    );
    expect(report.split('\n').filter((line) => /^\| (?:[12] \(node\)|all)/.test(line))).toHaveLength(3);
    expect(report).toContain('**All thresholds kept.**');
  });

  it('says which thresholds are broken, what failed, who is missing and who came late', () => {
    const thresholds = [{ metric: 'checks', condition: 'rate>=1', value: 0.5, ok: false }] as const;
    const bad = summaryOf(2, [1], {
      runners: 3,
      ok: false,
      thresholds,
      failures: { timeout: 1234 },
      startedAtMs: START + 60_000,
    });
    const summaries = [{ ...PAIR[0], runners: 3 }, bad];
    const report = loadReport(summaries, overall(summaries));
    expect(report).toContain('**broken**: checks rate>=1');
    expect(report).toMatch(/\| timeout +\| +1,234 \|/);
    expect(report).toContain('No summary of runner 2:');
    expect(report).toContain('began 60.0 s after the first');
    expect(report).toContain('**Not passed.**');
  });

  it('says what of k6 cannot be put together', () => {
    expect(loadReport([k6(0), k6(1)], overall([k6(0), k6(1)]))).toContain('cannot be put together');
  });
});

describe('a table', () => {
  it('has columns as wide as what is in them, numbers to the right', () => {
    expect(
      alignedTable(
        ['name', 'n'],
        [
          ['a long one', '1'],
          ['b', '1,234'],
        ],
      ),
    ).toBe(
      ['| name       |     n |', '| ---------- | ----: |', '| a long one |     1 |', '| b          | 1,234 |'].join(
        '\n',
      ),
    );
  });
});

describe('replica samples', () => {
  it('are read from lines of either form, in order of time', () => {
    const lines = [
      'time,replicas',
      '1700000002,4',
      '2023-11-14T22:13:21Z,3',
      '{"time":1700000000,"replicas":2}',
      '1700000003,',
    ];
    expect(readReplicas(lines.join('\r\n'))).toEqual([
      { epochSeconds: 1_700_000_000, replicas: 2 },
      { epochSeconds: 1_700_000_001, replicas: 3 },
      { epochSeconds: 1_700_000_002, replicas: 4 },
    ]);
  });

  it.each(['yesterday,3', '1700000000,3\nreplicas 4', '{"time":3}', '3,4'])('are refused when they are %j', (text) => {
    expect(() => readReplicas(text)).toThrow('must be such as');
  });
});

describe('the plot', () => {
  const svg = coursePlot('smoke & more', overall(PAIR), [
    { epochSeconds: START / 1000 - 5, replicas: 3 },
    { epochSeconds: START / 1000 + 2, replicas: 5 },
  ]);

  it('has a line for each thing that is measured, within the picture', () => {
    expect(svg.match(/<path /g)).toHaveLength(1 + 3 + 2 + 1);
    expect(svg).toContain('smoke &#38; more');
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!;
    const numbers = [...svg.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
    expect(numbers.length).toBeGreaterThan(20);
    expect(numbers.every(([x, y]) => x >= 0 && x <= Number(width) && y >= 0 && y <= Number(height))).toBe(true);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('shows the replicas from the start on, as steps', () => {
    const steps = /<path class="l0" d="(M64 [\d.]+H[\d.]+V[\d.]+)"/.exec(svg.slice(svg.indexOf('>replicas<')));
    expect(steps).not.toBeNull();
  });

  it('leaves a gap where nothing was answered, and needs no samples', () => {
    const silent = summaryOf(0, [1, 1, 1, 1]);
    const intervals = silent.series!.intervals.map((one, i) =>
      i === 1 ? { answered: 0, failed: 4, dropped: 0, latency: new Histogram().toJSON() } : one,
    );
    const all = overall([{ ...silent, runners: 1, series: { intervalMs: 1000, intervals } }]);
    const latency = coursePlot('x', all, []).split('>latency, ms<')[1]!;
    expect(/<path class="l0" d="([^"]*)"/.exec(latency)![1]!.match(/M/g)).toHaveLength(2);
  });

  it('is refused when no runner told its course', () => {
    expect(() => coursePlot('x', overall([k6(0)]), [])).toThrow('nothing to plot');
  });
});
