import { Arrivals } from './arrivals.js';

/** Arrivals of which one comes after each of these distances, from time 0 on, and the time of the last. */
function comingAt(distances: readonly number[]): { readonly arrivals: Arrivals; readonly last: number } {
  const arrivals = new Arrivals();
  let last = 0;
  arrivals.come(last);
  for (const distance of distances) arrivals.come((last += distance));
  return { arrivals, last };
}

const times = (count: number, distance: number) => Array.from({ length: count }, () => distance);

describe('arrivals', () => {
  it('are over at once before anybody has come', () => {
    expect(new Arrivals().overAt).toBe(-Infinity);
  });

  it('at equal distances are over ten of them after the last', () => {
    const { arrivals, last } = comingAt(times(500, 2));
    expect(arrivals.overAt - last).toBeCloseTo(20, 1);
  });

  it('of clients that come all at once, again and again, are over soon after the last', () => {
    const burst = [...times(31, 0.1), 6];
    const { arrivals, last } = comingAt(
      Array.from({ length: 50 }, () => burst)
        .flat()
        .slice(0, -1),
    );
    expect(arrivals.overAt - last).toBeGreaterThan(0.1);
    expect(arrivals.overAt - last).toBeLessThan(2);
  });

  it('after a long pause are expected at distances of 20 ms at the most', () => {
    const { arrivals, last } = comingAt(times(500, 60_000));
    expect(arrivals.overAt - last).toBeCloseTo(200, 1);
  });

  it('that become frequent are soon known to be', () => {
    const { arrivals, last } = comingAt([...times(500, 20), ...times(100, 1)]);
    expect(arrivals.overAt - last).toBeLessThan(12);
  });
});
