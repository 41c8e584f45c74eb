import fc from 'fast-check';
import { mostOf } from './warm-up.js';

describe('the positions of the largest numbers', () => {
  it('are those that sorting all of them finds, the first of equal ones first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), fc.integer({ min: 1, max: 12 }), (numbers, count) => {
        const sorted = numbers.map((_, at) => at).sort((a, b) => numbers[b]! - numbers[a]!);
        expect(mostOf(Uint32Array.from(numbers), count)).toEqual(sorted.slice(0, count));
      }),
    );
  });
});
