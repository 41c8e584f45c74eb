import fc from 'fast-check';
import { ClockMap } from './clock-map.js';

/** A map in which these keys are kept, in this order. */
function kept(most: number, keys: readonly string[]): ClockMap<string> {
  const map = new ClockMap<string>(most);
  for (const key of [...keys, ...keys]) map.offer(key, `value of ${key}`);
  return map;
}

const found = (map: ClockMap<string>, keys: readonly string[]) => keys.filter((key) => map.find(key) !== undefined);
const numbered = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}${index}`);

describe('a map with a clock', () => {
  it('keeps what is offered for the second time', () => {
    const map = new ClockMap<string>(4);
    map.offer('a', 'first');
    expect([map.find('a'), map.size]).toEqual([undefined, 0]);
    map.offer('a', 'second');
    expect([map.find('a'), map.size]).toEqual(['second', 1]);
    map.offer('a', 'third');
    expect([map.find('a'), map.size]).toEqual(['third', 1]);
  });

  it('lets go what nobody asked for since the hand passed, the oldest first', () => {
    const map = kept(4, ['a', 'b', 'c', 'd']);
    found(map, ['a', 'c']);
    for (const key of ['e', 'e', 'f', 'f']) map.offer(key, key);
    expect(found(map, ['a', 'b', 'c', 'd', 'e', 'f'])).toEqual(['a', 'c', 'e', 'f']);
  });

  it('lets go something when all were asked for', () => {
    const map = kept(4, ['a', 'b', 'c', 'd']);
    found(map, ['a', 'b', 'c', 'd']);
    for (const key of ['e', 'e']) map.offer(key, key);
    expect(found(map, ['a', 'b', 'c', 'd', 'e'])).toEqual(['b', 'c', 'd', 'e']);
  });

  it('goes on finding what all ask for in a flood of keys that come once', () => {
    const hot = numbered('hot', 32);
    const map = kept(64, hot);
    let misses = 0;
    numbered('cold', 10_000).forEach((key, index) => {
      map.offer(key, key);
      const one = hot[index % hot.length]!;
      if (map.find(one) !== undefined) return;
      misses++;
      map.offer(one, one);
    });
    // One key in ten or less is taken for one that was offered before, and takes the place of something.
    expect([misses, map.size]).toEqual([0, 64]);
  });

  it('keeps no more than it may, and gives no other value than the last that was kept for a key', () => {
    const step = fc.record({ key: fc.integer({ min: 0, max: 30 }).map(String), offers: fc.boolean() });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 300 }), (most, steps) => {
        const map = new ClockMap<number>(most);
        const last = new Map<string, number>();
        steps.forEach(({ key, offers }, index) => {
          if (offers) {
            map.offer(key, index);
            last.set(key, index);
          }
          expect([undefined, last.get(key)]).toContain(map.find(key));
          expect(map.size).toBeLessThanOrEqual(most);
        });
      }),
    );
  });

  it('holds nothing once it is cleared, and fills anew', () => {
    const map = kept(2, ['a', 'b']);
    map.clear();
    expect([map.size, found(map, ['a', 'b'])]).toEqual([0, []]);
    for (const key of ['a', 'b', 'c', 'c']) map.offer(key, key);
    expect([map.size, found(map, ['a', 'b', 'c'])]).toEqual([2, ['b', 'c']]);
  });
});
