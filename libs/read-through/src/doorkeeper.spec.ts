import { Doorkeeper } from './doorkeeper.js';

describe('a doorkeeper', () => {
  it('knows a key from the second time on', () => {
    const keeper = new Doorkeeper(16_384);
    expect([keeper.seen('a'), keeper.seen('a'), keeper.seen('a')]).toEqual([false, true, true]);
    expect(keeper.seen('b')).toBe(false);
  });

  it('never takes a key of the last 16,384 for a new one, and few new ones for old', () => {
    const keeper = new Doorkeeper(16_384);
    let mistaken = 0;
    for (let i = 0; i < 16_384; i++) if (keeper.seen(`/rankings?region=${i}`)) mistaken++;
    expect(mistaken).toBeLessThan(1638);
    for (let i = 0; i < 16_384; i++) expect(keeper.seen(`/rankings?region=${i}`)).toBe(true);
  });

  it('forgets what was asked long ago', () => {
    const keeper = new Doorkeeper(16_384);
    keeper.seen('long ago');
    for (let i = 0; i < 50_000; i++) keeper.seen(`since ${i}`);
    let known = 0;
    for (let i = 0; i < 100; i++) if (keeper.seen(`long ago ${i}`)) known++;
    expect(known).toBeLessThan(40);
  });

  it.each([
    [0, 1024],
    [1500, 2048],
    [2048, 2048],
  ])('that is to know %d keys knows at least %d, and not ten times as many', (wanted, known) => {
    const keeper = new Doorkeeper(wanted);
    for (let i = 0; i < known; i++) keeper.seen(`known ${i}`);
    for (let i = 0; i < known; i++) expect(keeper.seen(`known ${i}`)).toBe(true);
    for (let i = 0; i < 10 * known; i++) keeper.seen(`since ${i}`);
    let left = 0;
    for (let i = 0; i < 100; i++) if (keeper.seen(`known ${i}`)) left++;
    expect(left).toBeLessThan(50);
  });
});
