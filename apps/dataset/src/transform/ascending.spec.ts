import fc from 'fast-check';
import { ascending } from './ascending.js';

describe('indexes in ascending order', () => {
  it.each([
    ['that fit beside their index', 2 ** 32 - 1],
    ['that do not', 2 ** 52],
  ])('of values %s are those of a stable sort', (_, most) => {
    const value = fc.oneof(fc.nat(3), fc.constantFrom(most, most - 1, Math.floor(most / 3)));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200 }), (values) => {
        const expected = values.map((_one, index) => index).sort((i, j) => values[i]! - values[j]! || i - j);
        expect([...ascending(Float64Array.from(values), most)]).toEqual(expected);
      }),
    );
  });
});
