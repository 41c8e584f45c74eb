import fc from 'fast-check';
import { autoscalerSpec } from './autoscaler-spec.js';
import { levels, wavering } from './load-profile.js';
import { outcomeOf } from './outcome.js';
import type { PodModel } from './simulated-pod.js';
import { simulate, type Moment, type Simulation } from './simulation.js';

const step = (from: number, to: number, second: number) =>
  levels([
    [0, from],
    [second, to],
  ]);
const POD: PodModel = {
  ...{ requestMilli: 1000, cores: 1, shares: { memory: 1, redis: 0 }, warmUpRequests: 1000 },
  costs: { fromMemoryUs: 100, fromRedisUs: 200, fromDatasetUs: 400 },
  ...{ pendingSeconds: [2, 20], startingSeconds: [5, 15], startingCores: 1, rebalanceSeconds: 0 },
};
const autoscaler = (more: object = {}) =>
  autoscalerSpec({
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
    spec: {
      ...{ minReplicas: 2, maxReplicas: 40 },
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 50 } } }],
      ...more,
    },
  });
const run = (more: Partial<Simulation> = {}): Simulation => ({
  ...{ autoscaler: autoscaler(), pod: POD, load: step(10_000, 30_000, 120), seconds: 900, initialReplicas: 2 },
  ...more,
});

describe('simulate', () => {
  it('changes nothing while the load is at the target', () => {
    const course = simulate(run({ load: step(10_000, 10_000, 1) }));
    expect(new Set(course.map(({ replicas }) => replicas))).toEqual(new Set([2]));
    expect(course.every(({ usePercent }) => Math.abs(usePercent - 50) < 1e-9)).toBe(true);
  });

  it('adds pods that the target asks for, not earlier than metrics and starts allow', () => {
    const course = simulate(run());
    // The scrape at 135 s is readable at 137 s, which the look at 136 s has just missed; the next is at 151 s.
    expect(course.find(({ replicas }) => replicas > 2)?.second).toBe(152);
    expect(course.find(({ readyPods }) => readyPods > 2)?.second).toBeGreaterThanOrEqual(151 + 7);
    expect(course.at(-1)).toMatchObject({ replicas: 6, readyPods: 6, servedPerSecond: 30_000 });
  });

  it('is the same each time, whatever the load: nothing above max or below min, nothing served that nobody can', () => {
    const level = fc.integer({ min: 0, max: 600_000 });
    fc.assert(
      fc.property(level, level, fc.integer({ min: 0, max: 14 }), (from, to, phaseSeconds) => {
        const one = run({ load: wavering(step(from, to, 120), 0.1), phaseSeconds, seconds: 600 });
        const course = simulate(one);
        expect(course).toEqual(simulate(one));
        const faulty = (moment: Moment) =>
          [moment.replicas > 40, moment.replicas < 2, moment.readyPods > moment.replicas].includes(true) ||
          moment.servedPerSecond > Math.min(moment.offeredPerSecond, moment.capacityPerSecond) * (1 + 1e-9) + 1e-9;
        expect(course.filter(faulty)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('follows a metric of the pods that an adapter delivers', () => {
    const metrics = [{ type: 'Pods', pods: { metric: { name: 'rps' }, target: { averageValue: '5k' } } }];
    const spec = autoscaler({ metrics });
    const course = simulate(run({ autoscaler: spec, podMetrics: { rps: 'requests' } }));
    expect(course.at(-1)?.replicas).toBe(6);
    expect(simulate(run({ autoscaler: spec })).at(-1)?.replicas).toBe(2);
  });

  it('takes away the pods that are not ready first', () => {
    const behavior = { scaleDown: { stabilizationWindowSeconds: 0 } };
    const never: PodModel = { ...POD, pendingSeconds: [9999, 9999] };
    const load = { at: (second: number) => (second < 200 ? 20_000 : 4_000), changes: [200] };
    const course = simulate(run({ autoscaler: autoscaler({ behavior }), pod: never, load, initialReplicas: 3 }));
    expect(Math.max(...course.map(({ replicas }) => replicas))).toBeGreaterThan(3);
    expect(course.at(-1)).toMatchObject({ replicas: 2, readyPods: 2 });
  });

  it('keeps ready pods that are younger than those that are not ready yet', () => {
    const policies = [{ type: 'Pods', value: 2, periodSeconds: 15 }];
    const behavior = { scaleDown: { stabilizationWindowSeconds: 0, policies } };
    const slow: PodModel = { ...POD, pendingSeconds: [2, 600] };
    const load = { at: (second: number) => (second < 400 ? 200_000 : 4_000), changes: [400] };
    const course = simulate(run({ autoscaler: autoscaler({ behavior }), pod: slow, load }));
    const fewer = course.filter(({ replicas }, i) => replicas < (course[i - 1]?.replicas ?? 0));
    expect(fewer.length).toBeGreaterThan(0);
    const lost = fewer.filter(
      ({ second, replicas, readyPods }) => readyPods < Math.min(replicas, course[second - 1]!.readyPods),
    );
    expect(lost).toEqual([]);
    expect(fewer[0]).toMatchObject({ readyPods: course[fewer[0]!.second - 1]!.readyPods });
  });
});

describe('outcomeOf', () => {
  const moment = (second: number, more: Partial<Moment>): Moment => ({
    ...{
      second,
      offeredPerSecond: 10,
      servedPerSecond: 10,
      capacityPerSecond: 10,
      replicas: 2,
      readyPods: 2,
      usePercent: 0,
    },
    ...more,
  });

  it('tells when there was enough, what was not served, and how often the pods turned', () => {
    const short = { capacityPerSecond: 5, servedPerSecond: 5 };
    const course = [
      ...[moment(0, {}), moment(1, short), moment(2, { ...short, replicas: 4 }), moment(3, { replicas: 3 })],
      ...[moment(4, { replicas: 3 }), moment(5, { replicas: 5 })],
    ];
    expect(outcomeOf(course, [1, 5])).toEqual({
      ...{ reachedAfterSeconds: 2, unservedShare: 0.25, mostReplicas: 5, lastReplicas: 5, turns: 2 },
    });
  });

  it('says never, and at once', () => {
    const short = moment(2, { capacityPerSecond: 5, servedPerSecond: 5 });
    expect(outcomeOf([moment(0, {}), moment(1, {}), short], [1]).reachedAfterSeconds).toBeUndefined();
    expect(outcomeOf([moment(0, {}), moment(1, {})], [1])).toMatchObject({ reachedAfterSeconds: 0, unservedShare: 0 });
  });

  it('needs a change of load within the run', () => {
    expect(() => outcomeOf([moment(0, {})], [])).toThrow('to change within it');
    expect(() => outcomeOf([moment(0, {})], [1])).toThrow('a run of 1 s');
  });
});
