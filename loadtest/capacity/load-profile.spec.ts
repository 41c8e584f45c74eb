import { levels, ramp, spike, wavering } from './load-profile.js';

const at = (profile: { readonly at: (second: number) => number }, ...seconds: number[]) => seconds.map(profile.at);

describe('load profiles', () => {
  it('are levels, a spike and a ramp', () => {
    const up = levels([
      [0, 1],
      [60, 10],
    ]);
    const [high, slow] = [spike(2, 10, 60, 30), ramp(0, 100, 10, 100)];
    expect([at(up, 0, 59, 60, 900), up.changes]).toEqual([[1, 1, 10, 10], [60]]);
    expect([at(high, 59, 60, 89, 90), high.changes]).toEqual([
      [2, 10, 10, 2],
      [60, 90],
    ]);
    expect([at(slow, 0, 10, 60, 110, 500), slow.changes]).toEqual([[0, 0, 50, 100, 100], [10]]);
  });

  it('have levels that begin at 0 and are in order', () => {
    expect(() => levels([[5, 1]])).toThrow('begin at second 0');
    expect(() =>
      levels([
        [0, 1],
        [9, 2],
        [9, 3],
      ]),
    ).toThrow('follow each other');
  });

  it('can swing around their level within the share, in both directions, and are the same each time', () => {
    const profile = wavering(levels([[0, 100]]), 0.2);
    const values = at(profile, ...Array.from({ length: 2000 }, (_, second) => second));
    expect(Math.max(...values)).toBeLessThanOrEqual(120);
    expect(Math.max(...values)).toBeGreaterThan(115);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(80);
    expect(Math.min(...values)).toBeLessThan(85);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(100, 0);
    expect(at(profile, 7, 7)).toEqual([values[7], values[7]]);
  });
});
