import { judge, meets, parseCondition } from './thresholds.js';

describe('a threshold', () => {
  it.each([
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
    ['>', [false, false, true]],
    ['>=', [false, true, true]],
  ])('with %s is met by what is so', (comparison, met) => {
    const condition = parseCondition('dropped_iterations', `count${comparison}5`);
    expect([4, 5, 6].map((value) => meets(condition, value))).toEqual(met);
  });

  it('is written as for k6, spaces or not', () => {
    expect(parseCondition('http_req_duration', ' p(99.9) < 250.5 ')).toEqual({
      ...{ statistic: 'p(99.9)', comparison: '<', limit: 250.5 },
    });
  });

  it.each([
    ['http_req_duration', 'rate<1', 'p(99)<250'],
    ['http_req_duration', 'p(101)<1', 'p(99)<250'],
    ['http_req_failed', 'p(99)<1', 'rate<0.01'],
    ['checks', 'rate<-1', 'rate<0.01'],
    ['dropped_iterations', 'count', 'count<=0'],
    ['dropped_iterations', 'count=0', 'count<=0'],
  ] as const)('of %s is not %s', (metric, condition, right) => {
    expect(() => parseCondition(metric, condition)).toThrow(`${JSON.stringify(condition)}, must be such as ${right}`);
  });

  it('is broken when there was nothing to measure', () => {
    const verdicts = judge({ http_req_failed: ['rate<=0', 'rate>=0'], checks: ['rate>=1'] }, (metric) =>
      metric === 'checks' ? 1 : undefined,
    );
    expect(verdicts).toEqual([
      { metric: 'http_req_failed', condition: 'rate<=0', value: null, ok: false },
      { metric: 'http_req_failed', condition: 'rate>=0', value: null, ok: false },
      { metric: 'checks', condition: 'rate>=1', value: 1, ok: true },
    ]);
  });
});
