import { promised, roundSeconds } from './promise.js';
import type { PodModel } from './simulated-pod.js';

const pod: PodModel = {
  requestMilli: 1000,
  cores: 1,
  costs: { fromMemoryUs: 100, fromRedisUs: 100, fromDatasetUs: 100 },
  shares: { memory: 1, redis: 0 },
  warmUpRequests: 0,
  pendingSeconds: [2, 20],
  startingSeconds: [5, 15],
  startingCores: 1,
  rebalanceSeconds: 0,
};
const onset = { pods: 10, mostPerPod: 1000, growth: 1.5 };

describe('what the formula promises', () => {
  it('is a round of metrics, look, scheduling and start, at their longest', () => {
    expect(roundSeconds(pod)).toBe(30 + 15 + 2 + 15 + 20 + 15);
    expect(roundSeconds({ ...pod, pendingSeconds: [0, 150] })).toBe(227);
    const rhythm = { windowSeconds: 1, scrapeSeconds: 2, delaySeconds: 3, syncSeconds: 4 };
    expect(roundSeconds(pod, rhythm)).toBe(10 + 35);
  });

  it.each([
    [10_000, 0],
    [10_001, 1],
    [15_000, 1],
    [15_001, 2],
    [33_750, 3],
    [33_751, 4],
  ])('for a load of %d is as many rounds as make enough of what runs: %d', (highestPerSecond, rounds) => {
    expect(promised({ ...onset, highestPerSecond }, pod).withinSeconds).toBe(rounds * 97);
  });

  it('leaves unserved what exceeds the pods that run', () => {
    expect(promised({ ...onset, highestPerSecond: 40_000 }, pod).unservedShare).toBeCloseTo(0.75);
    expect(promised({ ...onset, highestPerSecond: 9000 }, pod).unservedShare).toBe(0);
  });

  it('is nothing where saturated pods stay below the target', () => {
    expect(() => promised({ ...onset, highestPerSecond: 20_000, growth: 0.9 }, pod)).toThrow(
      'saturated pods ask for 0.9 times their number: none is ever added',
    );
  });
});
