import type { ScalingRules } from './autoscaler-spec.js';
import { rateLimited, stabilized, type ScalingHistory, type ScalingWish } from './scaling-rules.js';

const NOW = 1000;
const rules = (more: Partial<ScalingRules>): ScalingRules => ({
  ...{ stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [], tolerance: 0.1 },
  ...more,
});
const NOTHING: ScalingHistory = { recommended: [], added: [], removed: [] };
const wish = (more: Partial<ScalingWish>): ScalingWish => ({
  ...{ nowSeconds: NOW, currentReplicas: 10, desiredReplicas: 10, history: NOTHING },
  ...{ scaleUp: rules({}), scaleDown: rules({}) },
  ...more,
});
const noted = (...all: readonly (readonly [ago: number, replicas: number])[]) =>
  all.map(([ago, replicas]) => ({ atSeconds: NOW - ago, replicas }));

describe('stabilized', () => {
  it('scales in to no fewer than the most that was wanted within the window', () => {
    const scaleDown = rules({ stabilizationWindowSeconds: 300 });
    const history = { ...NOTHING, recommended: noted([301, 30], [299, 8], [15, 5]) };
    expect(stabilized(wish({ desiredReplicas: 3, scaleDown, history }))).toBe(8);
    expect(stabilized(wish({ desiredReplicas: 3, history }))).toBe(3);
  });

  it('scales out to no more than the least that was wanted within the window', () => {
    const scaleUp = rules({ stabilizationWindowSeconds: 60 });
    const history = { ...NOTHING, recommended: noted([60, 1], [45, 12], [15, 20]) };
    expect(stabilized(wish({ desiredReplicas: 18, scaleUp, history }))).toBe(12);
    expect(stabilized(wish({ desiredReplicas: 18, history }))).toBe(18);
  });

  it('stays when the windows allow neither', () => {
    const window = rules({ stabilizationWindowSeconds: 60 });
    const history = { ...NOTHING, recommended: noted([30, 5], [15, 20]) };
    expect(stabilized(wish({ desiredReplicas: 15, scaleUp: window, scaleDown: window, history }))).toBe(10);
  });
});

describe('rateLimited', () => {
  const percent = { type: 'Percent', value: 100, periodSeconds: 15 } as const;
  const pods = { type: 'Pods', value: 8, periodSeconds: 15 } as const;
  const up = (selectPolicy: ScalingRules['selectPolicy'], currentReplicas: number, history = NOTHING) =>
    rateLimited(
      wish({
        currentReplicas,
        desiredReplicas: 500,
        scaleUp: rules({ selectPolicy, policies: [percent, pods] }),
        history,
      }),
      ...([1, 100] as const),
    );

  it('adds what the most or the least generous policy allows, up to the greatest number', () => {
    expect([up('Max', 3), up('Max', 20), up('Max', 80)]).toEqual([11, 40, 100]);
    expect([up('Min', 3), up('Min', 20)]).toEqual([6, 28]);
    expect(up('Disabled', 20)).toBe(20);
  });

  it('counts what changed within the period, and nothing older', () => {
    expect(up('Max', 20, { ...NOTHING, added: noted([14, 10]) })).toBe(20);
    expect(up('Max', 20, { ...NOTHING, added: noted([15, 10]) })).toBe(40);
    expect(up('Max', 20, { ...NOTHING, added: noted([14, 8]), removed: noted([10, 4]) })).toBe(32);
  });

  it('never takes pods away because many were added', () => {
    expect(up('Max', 40, { ...NOTHING, added: noted([1, 35]) })).toBe(40);
  });

  it('removes what the policies allow, down to the least number', () => {
    const down = (selectPolicy: ScalingRules['selectPolicy'], currentReplicas: number, history = NOTHING) =>
      rateLimited(
        wish({
          ...{ currentReplicas, desiredReplicas: 1, history },
          scaleDown: rules({
            selectPolicy,
            policies: [
              { type: 'Percent', value: 20, periodSeconds: 60 },
              { type: 'Pods', value: 1, periodSeconds: 60 },
            ],
          }),
        }),
        ...([3, 100] as const),
      );
    expect([down('Max', 11), down('Min', 11), down('Disabled', 11)]).toEqual([8, 10, 11]);
    expect([down('Max', 3), down('Max', 4)]).toEqual([3, 3]);
    expect(down('Max', 8, { ...NOTHING, removed: noted([59, 3]) })).toBe(8);
    expect(down('Max', 8, { ...NOTHING, removed: noted([60, 3]) })).toBe(6);
  });
});
