import fc from 'fast-check';
import { Arrivals } from './arrivals.js';

describe('Arrivals', () => {
  const rates = fc.integer({ min: 1, max: 100_000 });

  it('are evenly spaced, the first at once', () => {
    const arrivals = new Arrivals(250, 1000);
    expect([0, 1, 2, 250].map((index) => arrivals.dueAtMs(index))).toEqual([0, 4, 8, 1000]);
  });

  it('are due when their time has come, and not before', () => {
    fc.assert(
      fc.property(rates, fc.nat(1_000_000), (rate, index) => {
        const arrivals = new Arrivals(rate, Infinity);
        const dueMs = arrivals.dueAtMs(index);
        expect(arrivals.dueBy(dueMs)).toBe(index + 1);
        expect(arrivals.dueBy(dueMs - 100 / rate)).toBe(index);
      }),
    );
  });

  it('end with their number', () => {
    expect(new Arrivals(1000, 5).dueBy(60_000)).toBe(5);
    expect(new Arrivals(1000, 5).dueBy(-1)).toBe(0);
  });

  it.each([0, -1, NaN])('refuse a rate of %s', (rate) => {
    expect(() => new Arrivals(rate, 1)).toThrow('above 0');
  });
});
