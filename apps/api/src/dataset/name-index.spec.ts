import fc from 'fast-check';
import { NameIndex } from './name-index.js';
import { anyText } from './testing/any-text.js';
import { compareBytes } from './testing/expected-answers.js';

/** Names of ASCII alone, which are compared without being encoded. */
const plain = fc.string({ unit: 'grapheme-ascii', maxLength: 6 });
const names = fc.uniqueArray(fc.oneof(anyText, plain), { maxLength: 400 });

function indexOf(sorted: readonly string[], sealed = true): NameIndex {
  const index = new NameIndex();
  for (const name of sorted) index.push(name);
  return sealed ? index.seal() : index;
}

describe('an index of names', () => {
  it('finds each name and no other, in the order of their bytes', () => {
    fc.assert(
      fc.property(names, fc.array(fc.oneof(anyText, plain)), fc.boolean(), (given, others, sealed) => {
        const sorted = given.toSorted(compareBytes);
        const index = indexOf(sorted, sealed);
        expect(index.length).toBe(sorted.length);
        for (const name of [...sorted, ...others]) {
          const position = sorted.indexOf(name);
          expect(index.find(name)).toBe(position < 0 ? undefined : position);
        }
      }),
    );
  });

  it('puts what is beyond 16 bits last, unlike the order of strings', () => {
    const both = ['\uff5e', '\u{10400}'];
    expect(both[0]! < both[1]!).toBe(false);
    expect(indexOf(both).find('\u{10400}')).toBe(1);
    expect(() => indexOf(both.toReversed())).toThrow('"\uff5e" is not in order');
  });

  it('refuses names that are repeated', () => {
    expect(() => indexOf(['a', 'b', 'b'])).toThrow('"b" is not in order');
  });

  it('finds a name by its whole, not by its beginning', () => {
    const index = indexOf(['ab', 'abc', 'b']);
    expect(['', 'a', 'abcd', 'AB', 'ab '].map((name) => index.find(name))).toEqual(Array(5).fill(undefined));
    expect(indexOf([]).find('')).toBeUndefined();
  });
});
