import { autoscalerSpec, milliOf } from './autoscaler-spec.js';

const object = (spec: object) => ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', spec });

describe('milliOf', () => {
  it.each([
    ['700m', 700],
    ['2500', 2_500_000],
    ['2.5k', 2_500_000],
    [1, 1000],
    ['0.1', 100],
    ['1.0001', 1001],
    ['1Ki', 1_024_000],
  ])('reads %s', (quantity, milli) => {
    expect(milliOf(quantity)).toBe(milli);
  });

  it.each(['', 'm', '-1', '1e3x', '1 k', 'NaN'])('refuses %j', (quantity) => {
    expect(() => milliOf(quantity)).toThrow('is no quantity such as 700m');
  });
});

describe('autoscalerSpec', () => {
  it('has the defaults of Kubernetes where nothing is said', () => {
    expect(autoscalerSpec(object({ maxReplicas: 7 }))).toEqual({
      minReplicas: 1,
      maxReplicas: 7,
      metrics: [{ source: 'cpu', name: 'cpu', target: { unit: 'percent', value: 80 } }],
      scaleUp: {
        ...{ stabilizationWindowSeconds: 0, selectPolicy: 'Max', tolerance: 0.1 },
        policies: [
          { type: 'Percent', value: 100, periodSeconds: 15 },
          { type: 'Pods', value: 4, periodSeconds: 15 },
        ],
      },
      scaleDown: {
        ...{ stabilizationWindowSeconds: 300, selectPolicy: 'Max', tolerance: 0.1 },
        policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
      },
    });
  });

  it('reads metrics of the three kinds, policies and tolerances', () => {
    const target = { type: 'Utilization', averageUtilization: 65 };
    const spec = autoscalerSpec(
      object({
        ...{ minReplicas: 2, maxReplicas: 9 },
        metrics: [
          { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'api', target } },
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '650m' } } },
          { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '2k' } } },
        ],
        behavior: {
          scaleUp: { policies: [{ type: 'Pods', value: 8, periodSeconds: 30 }], tolerance: '0.05' },
          scaleDown: { selectPolicy: 'Disabled', stabilizationWindowSeconds: 0 },
        },
      }),
    );
    expect(spec.metrics).toEqual([
      { source: 'cpu', name: 'cpu', target: { unit: 'percent', value: 65 } },
      { source: 'cpu', name: 'cpu', target: { unit: 'milli', value: 650 } },
      { source: 'pods', name: 'rps', target: { unit: 'milli', value: 2_000_000 } },
    ]);
    expect(spec.scaleUp).toEqual({
      ...{ stabilizationWindowSeconds: 0, selectPolicy: 'Max', tolerance: 0.05 },
      policies: [{ type: 'Pods', value: 8, periodSeconds: 30 }],
    });
    expect(spec.scaleDown).toMatchObject({ stabilizationWindowSeconds: 0, selectPolicy: 'Disabled', tolerance: 0.1 });
  });

  it('refuses what it does not simulate, and metrics without a target', () => {
    const external = { type: 'External', external: {} };
    expect(() => autoscalerSpec(object({ maxReplicas: 2, metrics: [external] }))).toThrow('type');
    expect(() => autoscalerSpec({ ...object({ maxReplicas: 2 }), apiVersion: 'autoscaling/v1' })).toThrow('apiVersion');
    const pods = { type: 'Pods', pods: { metric: { name: 'rps' }, target: { averageUtilization: 5 } } };
    expect(() => autoscalerSpec(object({ maxReplicas: 2, metrics: [pods] }))).toThrow('needs target.averageValue');
  });
});
