import { SimulatedPod, type PodModel } from './simulated-pod.js';

const MODEL: PodModel = {
  ...{ requestMilli: 1000, cores: 1, shares: { memory: 1, redis: 0 }, warmUpRequests: 0 },
  costs: { fromMemoryUs: 100, fromRedisUs: 200, fromDatasetUs: 1000 },
  ...{ pendingSeconds: [10, 10], startingSeconds: [5, 5], startingCores: 0.8, rebalanceSeconds: 0 },
};

function live(pod: SimulatedPod, from: number, to: number, perSecond: number): void {
  for (let second = from; second < to; second += 1) pod.live(second, perSecond);
}

describe('SimulatedPod', () => {
  it('is pending, then starting, then ready', () => {
    const pod = SimulatedPod.created(3, MODEL, 100);
    expect(pod.observed(109)).toMatchObject({ phase: 'Pending', startedAtSeconds: undefined, ready: false });
    expect(pod.observed(110)).toMatchObject({ phase: 'Running', startedAtSeconds: 110, ready: false });
    expect(pod.observed(115)).toMatchObject({ ready: true, readyChangedAtSeconds: 115 });
    expect([pod.live(109, 50).usedCores, pod.live(110, 50).usedCores]).toEqual([0, 0.8]);
    expect([pod.weight(114), pod.weight(115)]).toEqual([0, 1]);
  });

  it('serves up to what its cores can, and uses CPU by the formula', () => {
    const pod = SimulatedPod.running(0, MODEL, 0);
    expect(pod.live(0, 4000)).toEqual({ servedPerSecond: 4000, capacityPerSecond: 10_000, usedCores: 0.4 });
    expect(pod.live(1, 40_000)).toMatchObject({ servedPerSecond: 10_000, usedCores: 1 });
    const half = SimulatedPod.running(0, { ...MODEL, cores: 0.5 }, 0);
    expect(half.live(0, 40_000)).toMatchObject({ servedPerSecond: 5000, usedCores: 0.5 });
  });

  it('is costly until its memory is warm', () => {
    const pod = SimulatedPod.created(0, { ...MODEL, warmUpRequests: 500 }, 0);
    expect(pod.live(15, 100).capacityPerSecond).toBeCloseTo(1000);
    live(pod, 16, 20, 1000);
    expect(pod.live(20, 1000).capacityPerSecond).toBeGreaterThan(9000);
    expect(SimulatedPod.running(0, { ...MODEL, warmUpRequests: 500 }, 0).live(0, 1).capacityPerSecond).toBe(10_000);
  });

  it('gets its share as connections move', () => {
    const pod = SimulatedPod.created(0, { ...MODEL, rebalanceSeconds: 60 }, 0);
    expect([15, 30, 75, 300].map((second) => pod.weight(second))).toEqual([0, 0.25, 1, 1]);
    expect(SimulatedPod.created(0, { ...MODEL, rebalanceSeconds: Infinity }, 0).weight(9999)).toBe(0);
    expect(SimulatedPod.running(0, { ...MODEL, rebalanceSeconds: Infinity }, 0).weight(0)).toBe(1);
  });

  it('has a sample once it has run for a window: the mean of that', () => {
    const pod = SimulatedPod.running(0, MODEL, 0);
    pod.scrape(0);
    live(pod, 0, 15, 1000);
    pod.scrape(15);
    expect(pod.sample('cpu', 30)).toBeUndefined();
    live(pod, 15, 30, 3000);
    pod.scrape(30);
    expect(pod.sample('cpu', 30)).toEqual({ milli: 200, atSeconds: 30, windowSeconds: 30 });
    expect(pod.sample('requests', 15)).toEqual({ milli: 3_000_000, atSeconds: 30, windowSeconds: 15 });
  });

  it('has no sample of the time before its process', () => {
    const pod = SimulatedPod.created(0, MODEL, 0);
    [0, 5].forEach((second) => pod.scrape(second));
    expect(pod.sample('cpu', 5)).toBeUndefined();
  });
});
