import fc from 'fast-check';
import { meanCostUs, measuredCosts } from './request-cost.js';
import { requestsPerPod, sizingFor } from './sizing.js';

const COSTS = { fromMemoryUs: 20, fromRedisUs: 100, fromDatasetUs: 200 };
const POD = { cores: 1, targetPercent: 50 };
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('meanCostUs', () => {
  it('weighs the ways, with the commands that a miss costs where there is Redis', () => {
    expect(meanCostUs(COSTS, { memory: 1, redis: 0 })).toBe(20);
    expect(meanCostUs(COSTS, { memory: 0, redis: 1 })).toBe(100);
    expect(meanCostUs(COSTS, { memory: 0, redis: 0 })).toBe(200);
    expect(meanCostUs(COSTS, { memory: 0.5, redis: 0.75 })).toBe(0.5 * 20 + 0.5 * (0.75 * 100 + 0.25 * (200 + 160)));
  });

  it('never rises when memory has more', () => {
    fc.assert(
      fc.property(share, share, share, (a, b, redis) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const cost = (memory: number) => meanCostUs(COSTS, { memory, redis });
        expect(cost(more)).toBeLessThanOrEqual(cost(less) + 1e-9);
      }),
    );
  });
});

describe('measuredCosts', () => {
  const rows = [
    { key: 'many', name: 'Many', cpuUs: [30, 10, 20] },
    { key: 'l2', name: 'Two', cpuUs: [100] },
    { key: 'cold', name: 'None', cpuUs: [150, 250] },
  ];

  it('takes the medians of the three rows', () => {
    expect(measuredCosts({ hot: { machine: 'M', rows } })).toEqual({
      machine: 'M',
      costs: COSTS,
      names: { fromMemoryUs: 'Many', fromRedisUs: 'Two', fromDatasetUs: 'None' },
    });
  });

  it('names what has not been measured', () => {
    expect(() => measuredCosts({ hot: { machine: 'M', rows: rows.slice(0, 1) } })).toThrow('no CPU times of "l2"');
    expect(() =>
      measuredCosts({ hot: { machine: 'M', rows: [...rows.slice(0, 2), { ...rows[2], cpuUs: [] }] } }),
    ).toThrow('"cold"');
    expect(() => measuredCosts({})).toThrow('hot');
  });
});

describe('sizingFor', () => {
  const demand = {
    ...{ peakPerSecond: 100_000, burst: 1.2, zones: 3, arrivingPerSecond: 30_000 },
    shares: { memory: 1, redis: 0 },
  };

  it('is the formula', () => {
    expect(requestsPerPod(20, POD)).toBe(25_000);
    // 120,000 / 25,000 is 4.8, so 5 pods, of which a third may be lost: 7.5.
    expect(sizingFor(demand, COSTS, POD)).toEqual({
      ...{ costUs: 20, perPod: 25_000, minReplicas: 3, maxReplicas: 8, redisPerSecond: 0, queriesPerPod: 0 },
    });
    const half = sizingFor({ ...demand, shares: { memory: 0.5, redis: 0.75 } }, COSTS, POD);
    expect(half.redisPerSecond).toBe(100_000 * 0.5 * 1.25);
    expect(half.queriesPerPod * half.maxReplicas).toBeCloseTo(100_000 * 0.5 * 0.25);
    expect(sizingFor({ ...demand, shares: { memory: 0.5, redis: 0 } }, COSTS, POD).redisPerSecond).toBe(0);
  });

  it('has room for the peak without one zone, for what arrives at once, and a pod in each zone', () => {
    const rate = fc.integer({ min: 1, max: 2_000_000 });
    fc.assert(
      fc.property(rate, share, share, share, fc.integer({ min: 1, max: 6 }), (peak, arriving, memory, redis, zones) => {
        const { minReplicas, maxReplicas, perPod } = sizingFor(
          { peakPerSecond: peak, burst: 1, zones, arrivingPerSecond: peak * arriving, shares: { memory, redis } },
          ...([COSTS, POD] as const),
        );
        const left = zones === 1 ? maxReplicas : (maxReplicas * (zones - 1)) / zones;
        expect(left * perPod).toBeGreaterThanOrEqual(peak * (1 - 1e-9));
        expect(minReplicas * perPod).toBeGreaterThanOrEqual(peak * arriving * (1 - 1e-9));
        expect(minReplicas).toBeGreaterThanOrEqual(zones);
        expect(maxReplicas).toBeGreaterThanOrEqual(minReplicas);
      }),
    );
  });

  it.each([
    { peakPerSecond: 0 },
    { burst: 0.5 },
    { zones: 0 },
    { zones: 1.5 },
    { arrivingPerSecond: -1 },
    { burst: NaN },
  ])('refuses %j', (wrong) => {
    expect(() => sizingFor({ ...demand, ...wrong }, COSTS, POD)).toThrow('a demand has a peak above 0');
  });
});
