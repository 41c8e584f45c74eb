import fc from 'fast-check';
import { startMs } from './start-at.js';

describe('the start', () => {
  it('is at once unless it is said otherwise', () => {
    expect(startMs({ kind: 'now' }, 123_456)).toBe(123_456);
  });

  it('is the same for all who come up within a period of the clock', () => {
    const period = fc.integer({ min: 1, max: 3600 });
    const times = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(period, fc.nat(1_000_000), times, (everySeconds, count, shares) => {
        const everyMs = everySeconds * 1000;
        const starts = shares.map((share) => startMs({ kind: 'barrier', everySeconds }, (count + share) * everyMs));
        expect([...new Set(starts)]).toEqual([(count + 1) * everyMs]);
      }),
    );
  });

  it('is the time given, for those who come in time or a moment late', () => {
    const startAt = { kind: 'time', epochSeconds: 1_700_000_000 } as const;
    expect(startMs(startAt, 1_699_999_000_000)).toBe(1_700_000_000_000);
    expect(startMs(startAt, 1_700_000_000_900)).toBe(1_700_000_000_000);
    expect(() => startMs(startAt, 1_700_000_012_000)).toThrow('was 12 s ago');
  });
});
