import fc from 'fast-check';
import { growthPerMinute } from './soak-trend.js';

const whole = fc.integer({ min: -1000, max: 1000 });

describe('growth', () => {
  it('is that of a line, whatever its height', () => {
    fc.assert(
      fc.property(whole, whole, fc.integer({ min: 2, max: 100 }), (perSecond, start, count) => {
        const line = Array.from({ length: count }, (_, seconds) => ({ seconds, value: start + perSecond * seconds }));
        expect(growthPerMinute(line)).toBeCloseTo(perSecond * 60, 6);
      }),
    );
  });

  it('is none of what goes up and down evenly', () => {
    const saw = [0, 1, 2, 3, 4].map((seconds) => ({ seconds, value: seconds % 2 }));
    expect(growthPerMinute(saw)).toBeCloseTo(0, 12);
  });

  it('is none of one moment, or of none', () => {
    expect([growthPerMinute([]), growthPerMinute([{ seconds: 3, value: 7 }])]).toEqual([0, 0]);
  });
});
