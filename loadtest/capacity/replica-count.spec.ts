import fc from 'fast-check';
import type { MetricTarget } from './autoscaler-spec.js';
import {
  NoMetricsError,
  desiredReplicas,
  type ObservedPod,
  type PodSample,
  type ReplicaQuestion,
} from './replica-count.js';

const CPU: MetricTarget = { source: 'cpu', name: 'cpu', target: { unit: 'percent', value: 50 } };
const RPS: MetricTarget = { source: 'pods', name: 'rps', target: { unit: 'milli', value: 1000 } };
const NOW = 1000;

interface Case extends Partial<ObservedPod> {
  /** Undefined: no sample. */
  readonly milli?: number;
  readonly sampledAt?: number;
}

/** Pods that have run for long and ask for one core each, unless a case says otherwise. */
function ask(cases: readonly Case[], metric = CPU, more: Partial<ReplicaQuestion> = {}): number {
  const samples = new Map<string, PodSample>();
  const pods = cases.map(({ milli, sampledAt = NOW, ...pod }, i): ObservedPod => {
    const name = `pod-${i}`;
    if (milli !== undefined) samples.set(name, { milli, atSeconds: sampledAt, windowSeconds: 30 });
    return {
      name,
      phase: 'Running',
      startedAtSeconds: 0,
      ready: true,
      readyChangedAtSeconds: 10,
      requestMilli: 1000,
      ...pod,
    };
  });
  return desiredReplicas({
    ...{ metric, pods, samples, currentReplicas: pods.length, nowSeconds: NOW, tolerance: { up: 0.1, down: 0.1 } },
    ...more,
  });
}

const of = (count: number, one: Case): readonly Case[] => Array.from({ length: count }, () => one);

describe('desiredReplicas', () => {
  it('is the mean over the target times the pods, rounded up', () => {
    expect(ask(of(4, { milli: 800 }))).toBe(7);
    expect(ask(of(4, { milli: 100 }))).toBe(1);
    expect(ask([{ milli: 900 }, { milli: 100 }, { milli: 1000 }])).toBe(4);
    expect(ask(of(3, { milli: 2500 }), RPS)).toBe(8);
  });

  it('does so for any number of ready pods, and changes nothing within the tolerance', () => {
    const milli = fc.integer({ min: 0, max: 3000 });
    fc.assert(
      fc.property(fc.array(milli, { minLength: 1, maxLength: 50 }), fc.integer({ min: 1, max: 200 }), (all, target) => {
        const percent = Math.floor((all.reduce((sum, one) => sum + one, 0) * 100) / (all.length * 1000));
        const ratio = percent / target;
        const expected = ratio >= 0.9 && ratio <= 1.1 ? all.length : Math.ceil(ratio * all.length);
        const metric: MetricTarget = { ...CPU, target: { unit: 'percent', value: target } };
        expect(
          ask(
            all.map((one) => ({ milli: one })),
            metric,
          ),
        ).toBe(expected);
      }),
    );
  });

  it('counts in whole percent, as the controller does', () => {
    // 55.9 % is 55 %, which is within a tenth of 50 %.
    expect(ask(of(10, { milli: 559 }))).toBe(10);
    expect(ask(of(10, { milli: 560 }))).toBe(12);
  });

  it('has a tolerance for each direction', () => {
    const tolerance = { up: 0, down: 0.3 };
    expect(ask(of(10, { milli: 510 }), CPU, { tolerance })).toBe(11);
    expect(ask(of(10, { milli: 360 }), CPU, { tolerance })).toBe(10);
    expect(ask(of(10, { milli: 340 }), CPU, { tolerance })).toBe(7);
  });

  it('takes pods without a sample as idle when it grows, and as busy when it shrinks', () => {
    // 10 pods at 100 % want 20; with 5 idle ones the mean is 66 %, so 15 pods want ceil(1.32 * 15).
    expect(ask([...of(10, { milli: 1000 }), ...of(5, {})])).toBe(20);
    // 10 pods at 10 % want 2; with 2 at 100 % the mean is 25 %, so 12 pods want 6.
    expect(ask([...of(10, { milli: 100 }), ...of(2, {})])).toBe(6);
    // Of a metric of the pods they have just the target.
    expect(ask([...of(10, { milli: 100 }), ...of(2, {})], RPS)).toBe(3);
  });

  it('changes nothing when such pods turn the direction round', () => {
    expect(ask([{ milli: 700 }, ...of(4, {})])).toBe(5);
    expect(ask([{ milli: 300 }, ...of(4, {})])).toBe(5);
    // More pods than there are to be, as while old ones end: 12 pods would want 10.
    expect(ask([...of(10, { milli: 300 }), ...of(2, {})], CPU, { currentReplicas: 5 })).toBe(5);
  });

  it('takes pods that are not ready as idle when it grows, and leaves them out when it shrinks', () => {
    const starting: Case = { milli: 1000, ready: false, startedAtSeconds: NOW - 20, readyChangedAtSeconds: NOW - 20 };
    expect(ask([...of(4, { milli: 1000 }), ...of(2, starting)])).toBe(8);
    expect(ask([...of(4, { milli: 200 }), ...of(2, starting)])).toBe(2);
    expect(ask([...of(4, { milli: 1000 }), ...of(4, { phase: 'Pending' })])).toBe(8);
    // 120 % of the target for four, 80 % for six: enough are on their way.
    expect(ask([...of(4, { milli: 600 }), ...of(2, starting)])).toBe(6);
    expect(ask([...of(4, { milli: 600 }), ...of(2, { phase: 'Pending' })], CPU)).toBe(6);
  });

  it('leaves out the CPU of a young pod until a whole window lies after it became ready', () => {
    const young = { milli: 1000, startedAtSeconds: NOW - 100, readyChangedAtSeconds: NOW - 40 };
    const old = of(4, { milli: 200 });
    expect(ask([...old, { ...young, sampledAt: NOW - 11 }])).toBe(2);
    // (4 * 20 % + 100 %) / 5 = 36 % of 50 %, times 5.
    expect(ask([...old, { ...young, sampledAt: NOW - 10 }])).toBe(4);
    expect(ask([...of(4, { milli: 200 }), { ...young, sampledAt: NOW - 11 }], RPS)).toBe(2);
  });

  it('believes a pod after five minutes, ready or not, unless it never was', () => {
    const failing = { milli: 1000, ready: false, startedAtSeconds: NOW - 400 };
    expect(ask([...of(4, { milli: 200 }), { ...failing, readyChangedAtSeconds: NOW - 100 }])).toBe(4);
    expect(ask([...of(4, { milli: 200 }), { ...failing, readyChangedAtSeconds: NOW - 390 }])).toBe(2);
  });

  it('says so when no pod counts', () => {
    expect(() => ask(of(3, {}))).toThrow(NoMetricsError);
    expect(() => ask([])).toThrow('no ready pod has a sample of cpu');
    expect(() => ask(of(2, { milli: 5, requestMilli: 0 }))).toThrow('CPU request');
  });
});
