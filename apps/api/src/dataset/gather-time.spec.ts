import { GatherTime } from './gather-time.js';

/** A processor of which the process uses so much, and the time that is gathered after each look. */
function gatheredAt(shares: readonly number[], everyMs = 30): number[] {
  let now = 1000;
  let used = 0;
  const time = new GatherTime({ now: () => now, usedMs: () => used });
  return shares.map((share) => {
    now += everyMs;
    used += share * everyMs;
    return time.ms;
  });
}

const times = (count: number, share: number) => Array.from({ length: count }, () => share);

describe('the time for which questions are gathered', () => {
  it('is none from the start, and while there is time to spare', () => {
    expect(new GatherTime().ms).toBe(0);
    expect(gatheredAt(times(100, 0.25))).toEqual(times(100, 0));
  });

  it('grows to its bound while the processor is busy, and is none again when it is not', () => {
    const gathered = gatheredAt([...times(20, 1), ...times(20, 0)]);
    const growing = gathered.slice(0, 20);
    expect(growing).toEqual(growing.toSorted((a, b) => a - b));
    expect(growing.at(-1)).toBe(12);
    expect(gathered.at(-1)).toBe(0);
  });

  it('is between the two in between', () => {
    expect(gatheredAt(times(50, 0.45)).at(-1)).toBeCloseTo(6, 1);
  });

  it('is bounded where the process uses several cores', () => {
    expect(gatheredAt(times(50, 3)).at(-1)).toBe(12);
  });

  it('knows nothing of what was before a long rest', () => {
    let now = 0;
    let used = 0;
    const time = new GatherTime({ now: () => now, usedMs: () => used });
    now = used = 1000;
    expect(time.ms).toBe(12);
    now += 60_000;
    used += 60;
    expect(time.ms).toBe(0);
  });

  it('follows the processor time of this process', () => {
    const time = new GatherTime();
    const until = performance.now() + 300;
    while (performance.now() < until) Math.sqrt(until);
    expect(time.ms).toBeGreaterThan(0);
  });
});
