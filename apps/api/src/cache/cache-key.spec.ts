import fc from 'fast-check';
import { cacheKey } from './cache-key.js';

const VERSION = '0123456789abcdef0123456789abcdef';

describe('a key of the shared cache', () => {
  it('is prefix, versions and question', () => {
    expect(cacheKey('charts:', VERSION, 'regions?chart=top200')).toMatch(
      /^charts:0123456789abcdef:\d+:regions\?chart=top200$/,
    );
  });

  it('is another one for each prefix, dataset and question', () => {
    const keys = [
      cacheKey('a:', VERSION, 'q'),
      cacheKey('b:', VERSION, 'q'),
      cacheKey('a:', VERSION.replace('0', 'f'), 'q'),
      cacheKey('a:', VERSION, 'Q'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('tells any two questions apart and is the same for the same', () => {
    const question = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({ minLength: 190, maxLength: 400 }),
    );
    fc.assert(
      fc.property(question, question, (one, other) =>
        expect(cacheKey('a:', VERSION, one) === cacheKey('a:', VERSION, other)).toBe(one === other),
      ),
    );
  });

  it('stays short for a question of any length', () => {
    const short = cacheKey('a:', VERSION, '');
    for (const length of [200, 201, 1000, 100_000]) {
      expect(cacheKey('a:', VERSION, 'x'.repeat(length)).length - short.length).toBeLessThanOrEqual(200);
    }
    expect(cacheKey('a:', VERSION, 'x'.repeat(200))).toContain('x'.repeat(200));
  });

  it('tells long questions apart by what is at their ends', () => {
    const long = 'x'.repeat(1000);
    expect(cacheKey('a:', VERSION, `${long}1`)).not.toBe(cacheKey('a:', VERSION, `${long}2`));
  });
});
