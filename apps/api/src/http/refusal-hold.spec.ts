import { RefusalHold } from './refusal-hold.js';

/** Refusals every 10 ms from one time to another; the times of those that are held, each hold as late as given. */
function heldBetween(hold: RefusalHold, from: number, to: number, lateMs: number): number[] {
  const held: number[] = [];
  for (let now = from; now < to; now += 10) {
    if (!hold.holds(now)) continue;
    held.push(now);
    hold.ended(now + lateMs / 100, lateMs);
  }
  return held;
}

describe('refusals', () => {
  it('are held back after the first tenth of a second, while holds end in time', () => {
    const held = heldBetween(new RefusalHold(), 0, 300, 1);
    expect(held).toEqual(Array.from({ length: 20 }, (_, i) => 100 + i * 10));
  });

  it('are the first ones again after a while without any', () => {
    const hold = new RefusalHold();
    expect(heldBetween(hold, 0, 110, 1)).toEqual([100]);
    expect(heldBetween(hold, 1000, 1110, 1)).toEqual([1100]);
  });

  it('are held back less and less often where holds end late', () => {
    expect(heldBetween(new RefusalHold(), 0, 4000, 40)).toEqual([100, 210, 420, 830, 1640, 3250]);
  });

  it('are held back again once a hold ends in time', () => {
    const hold = new RefusalHold();
    heldBetween(hold, 0, 500, 40);
    expect(heldBetween(hold, 500, 900, 1)).toEqual([830, 840, 850, 860, 870, 880, 890]);
  });

  it('that were held beside a late one do not count again', () => {
    const hold = new RefusalHold();
    heldBetween(hold, 0, 100, 1);
    for (const now of [130, 131, 132]) hold.ended(now, 40);
    expect(heldBetween(hold, 140, 250, 1)).toEqual([230, 240]);
  });
});
