import { Histogram } from '../generator/histogram.js';
import type { Pair } from './field.js';
import { hotRows, hotTable } from './hot-report.js';
import type { Measured } from './measure.js';

function run(cpuUs: number, requestsPerSecond: number): Measured {
  const latency = new Histogram();
  const load = {
    ...{ seconds: 1, requests: 100, errors: {}, bodyBytes: 5000, caches: {}, cpuSeconds: 0.1 },
    ...{ latency: latency.toJSON(), serverTime: latency.toJSON() },
  };
  const shares = { serverBusy: 1, generatorBusy: 0.5 };
  return { cpuUs, requestsPerSecond, ...shares, rssMb: 80, logLines: 100, latency, serverTime: latency, load };
}

function pairs(...all: readonly (readonly [cpuUs: number, rate: number, bareUs: number, bareRate: number])[]): Pair[] {
  return all.map(([cpuUs, rate, bareUs, bareRate]) => ({ own: run(cpuUs, rate), bare: run(bareUs, bareRate) }));
}

const CONTENDERS = [
  { key: 'bare', name: 'node:http' },
  { key: 'hot', name: 'hot', limit: { of: 'bare', cpu: 1.5, rate: 0.7 } },
  { key: 'l2', name: 'over Redis', limit: { of: 'hot', cpu: 3 } },
] as const;

describe('the table of what is answered from memory', () => {
  // The machine is half as fast in the second round: ratios do not notice.
  const runs = new Map([
    ['bare', pairs([10, 1000, 10, 1000], [20, 500, 20, 500])],
    ['hot', pairs([14, 800, 10, 1000], [28, 400, 20, 500])],
    ['l2', pairs([56, 200, 10, 1000], [112, 100, 20, 500])],
  ]);
  const rows = hotRows(CONTENDERS, runs);

  it('compares each run with that of node:http before it, and with the one that a limit names', () => {
    expect(rows.map((row) => row.cpuRatio)).toEqual([
      [1, 1],
      [1.4, 1.4],
      [5.6, 5.6],
    ]);
    expect(rows[1]?.rateRatio).toEqual([0.8, 0.8]);
    expect(rows.map((row) => row.limitRatio)).toEqual([undefined, undefined, [4, 4]]);
    expect(rows[0]).toMatchObject({ bodyBytes: 50, logLinesPerRequest: 1, rssMb: 80 });
  });

  it('says which limits were kept and which were missed', () => {
    const [, , , hot, l2] = hotTable(rows).split('\n');
    expect(hot).toContain('1.5, kept');
    expect(hot).toContain('at least 0.7, kept');
    expect(l2).toContain('3 x from memory: 4.00 (4.00-4.00), **missed**');
  });
});
