import fc from 'fast-check';
import { seededRandom, shuffled, zipf } from './random.js';

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, from 0 up to 1', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const [a, b] = [seededRandom(seed), seededRandom(seed)];
        for (let i = 0; i < 50; i++) {
          const value = a();
          expect(value).toBe(b());
          expect(value >= 0 && value < 1).toBe(true);
        }
      }),
    );
  });
});

describe('shuffled', () => {
  it('keeps every value and leaves the original alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (values, seed) => {
        const copy = [...values];
        const order = (a: number, b: number) => a - b;
        expect(shuffled(values, seededRandom(seed)).sort(order)).toEqual([...values].sort(order));
        expect(values).toEqual(copy);
      }),
    );
  });
});

describe('zipf', () => {
  it('draws positions within bounds, the first ones in proportion to 1 / position^exponent', () => {
    const draw = zipf(1000, 1, seededRandom(1));
    const counts = new Float64Array(1000);
    for (let i = 0; i < 200_000; i++) counts[draw()]! += 1;
    expect(counts[0]! / counts[1]!).toBeCloseTo(2, 0);
    expect(counts[0]! / counts[9]!).toBeGreaterThan(8);
    expect(counts[0]! / counts[9]!).toBeLessThan(12);
  });

  it('draws all alike with exponent 0', () => {
    const draw = zipf(4, 0, seededRandom(2));
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 40_000; i++) counts[draw()]! += 1;
    counts.forEach((count) => expect(Math.abs(count - 10_000)).toBeLessThan(500));
  });

  it('takes the chances to the last position, whatever the random number', () => {
    expect(zipf(3, 1.1, () => 0)()).toBe(0);
    expect(zipf(3, 1.1, () => 1 - 2 ** -32)()).toBe(2);
  });

  it('refuses to draw from nothing', () => {
    expect(() => zipf(0, 1, Math.random)).toThrow('size is 0');
  });
});
