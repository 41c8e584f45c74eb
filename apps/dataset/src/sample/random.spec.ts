import { Random } from './random.js';

const take = (random: Random, count: number) => Array.from({ length: count }, () => random.next());

describe('Random', () => {
  it('gives the numbers of xoshiro128** 1.1 from a known state', () => {
    expect(take(Random.fromState(1, 2, 3, 4), 4)).toEqual([11520, 0, 5927040, 70819200]);
  });

  it('gives the same numbers for a seed and a stream, others for another', () => {
    const numbers = take(Random.seeded(1, 0), 8);
    expect(take(Random.seeded(1, 0), 8)).toEqual(numbers);
    expect(take(Random.seeded(1, 1), 8)).not.toEqual(numbers);
    expect(take(Random.seeded(2, 0), 8)).not.toEqual(numbers);
  });

  it('spreads evenly over fractions and whole numbers', () => {
    const random = Random.seeded(0, 0);
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 100_000; i++) counts[random.below(10)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
    const units = Array.from({ length: 10_000 }, () => random.unit());
    expect(units.every((unit) => unit >= 0 && unit < 1)).toBe(true);
  });
});
