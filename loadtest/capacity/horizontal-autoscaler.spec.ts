import fc from 'fast-check';
import { autoscalerSpec } from './autoscaler-spec.js';
import { HorizontalAutoscaler } from './horizontal-autoscaler.js';
import type { PodSample } from './replica-count.js';

const RPS = { type: 'Pods', pods: { metric: { name: 'rps' }, target: { averageValue: '100' } } };
const CPU = { type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 50 } } };
const spec = (more: object) =>
  autoscalerSpec({
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
    spec: { minReplicas: 2, maxReplicas: 20, metrics: [CPU], ...more },
  });

/** A look at pods that have run for long, each with the same samples; a metric that is not given has none. */
function look(
  autoscaler: HorizontalAutoscaler,
  nowSeconds: number,
  replicas: number,
  milli: Record<string, number>,
): number {
  const pods = Array.from({ length: replicas }, (_, i) => ({
    ...{ name: `pod-${i}`, phase: 'Running' as const, startedAtSeconds: -5000, ready: true },
    ...{ readyChangedAtSeconds: -4900, requestMilli: 1000 },
  }));
  const samples = ({ name }: { readonly name: string }) =>
    new Map<string, PodSample>(
      pods.flatMap((pod) =>
        milli[name] === undefined
          ? []
          : [[pod.name, { milli: milli[name], atSeconds: nowSeconds, windowSeconds: 30 }] as const],
      ),
    );
  return autoscaler.reconcile({ nowSeconds, currentReplicas: replicas, pods, samples });
}

describe('HorizontalAutoscaler', () => {
  it('takes the most that any metric wants', () => {
    const autoscaler = new HorizontalAutoscaler(spec({ metrics: [CPU, RPS] }));
    expect(look(autoscaler, 0, 4, { cpu: 600, rps: 150_000 })).toBe(6);
    expect(look(new HorizontalAutoscaler(spec({ metrics: [CPU, RPS] })), 0, 4, { cpu: 900, rps: 1 })).toBe(8);
  });

  it('still grows when one of its metrics is silent, and does not shrink', () => {
    const behavior = { scaleDown: { stabilizationWindowSeconds: 0 } };
    const autoscaler = () => new HorizontalAutoscaler(spec({ metrics: [CPU, RPS], behavior }));
    expect(look(autoscaler(), 0, 4, { cpu: 600 })).toBe(5);
    expect(look(autoscaler(), 0, 8, { cpu: 100 })).toBe(8);
    expect(look(autoscaler(), 0, 8, { cpu: 100, rps: 1000 })).toBe(2);
    expect(look(autoscaler(), 0, 8, {})).toBe(8);
  });

  it('brings numbers beyond its bounds back at once, and leaves none alone', () => {
    const autoscaler = new HorizontalAutoscaler(spec({}));
    expect(look(autoscaler, 0, 1, { cpu: 0 })).toBe(2);
    expect(look(autoscaler, 15, 30, { cpu: 1000 })).toBe(20);
    expect(look(autoscaler, 30, 0, {})).toBe(0);
  });

  it('waits for the window before it scales in, counted from its first look', () => {
    const autoscaler = new HorizontalAutoscaler(spec({}));
    const looks = Array.from({ length: 22 }, (_, i) => look(autoscaler, i * 15, 10, { cpu: 100 }));
    expect(looks.lastIndexOf(10)).toBe(19);
    expect(looks.slice(20)).toEqual([2, 2]);
  });

  it('counts its own changes against the policies', () => {
    const behavior = { scaleUp: { policies: [{ type: 'Pods', value: 3, periodSeconds: 60 }] } };
    const autoscaler = new HorizontalAutoscaler(spec({ behavior }));
    const looks = [0, 15, 30, 45, 60].reduce<number[]>(
      (all, second) => [...all, look(autoscaler, second, all.at(-1) ?? 4, { cpu: 1000 })],
      [],
    );
    expect(looks).toEqual([7, 7, 7, 7, 10]);
  });

  it('stays within its bounds whatever it sees', () => {
    const cpu = fc.option(fc.integer({ min: 0, max: 4000 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(cpu, { maxLength: 60 }), (course) => {
        const autoscaler = new HorizontalAutoscaler(spec({}));
        let replicas = 5;
        course.forEach((milli, i) => {
          replicas = look(autoscaler, i * 15, replicas, milli === undefined ? {} : { cpu: milli });
          expect(replicas).toBeGreaterThanOrEqual(2);
          expect(replicas).toBeLessThanOrEqual(20);
        });
      }),
    );
  });
});
