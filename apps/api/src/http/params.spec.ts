import fc from 'fast-check';
import { quote, readQuery } from './params.js';

function valuesOf(query: string) {
  const { values, faults } = readQuery(query);
  expect(faults).toEqual([]);
  return Object.fromEntries(values);
}

describe('reading a query', () => {
  it.each([
    ['', {}],
    ['&&', {}],
    ['a=1&b=2', { a: ['1'], b: ['2'] }],
    ['a=1&a=2&a=', { a: ['1', '2', ''] }],
    ['a', { a: [''] }],
    ['a=b=c', { a: ['b=c'] }],
    ['region=United+States', { region: ['United States'] }],
    ['region=United%20States', { region: ['United States'] }],
    ['a=1%2B1', { a: ['1+1'] }],
    ['%61=%e2%82%ac', { a: ['€'] }],
    ['a=%EF%BB%BFx', { a: ['\uFEFFx'] }],
    ['a=x%00y', { a: ['x\0y'] }],
    ['=x', { '': ['x'] }],
  ])('understands %j', (query, values) => {
    expect(valuesOf(query)).toEqual(values);
  });

  it.each([
    ['a=%', 'a', '%'],
    ['a=%4', 'a', '%4'],
    ['a=%zz', 'a', '%zz'],
    ['a=%ff', 'a', '%ff'],
    ['a=%c3%28', 'a', '%c3%28'],
    ['a=%ed%a0%80', 'a', '%ed%a0%80'],
    ['a=%c0%80', 'a', '%c0%80'],
    ['a=caf\u00e9', 'a', 'caf\u00e9'],
    ['%zz=1', '%zz', '%zz'],
  ])('finds fault with %j', (query, parameter, text) => {
    const { values, faults } = readQuery(query);
    expect([...values]).toEqual([]);
    expect(faults).toEqual([{ parameter, message: expect.stringContaining(`got ${JSON.stringify(text)}`) }]);
  });

  it('keeps names of the prototype as names', () => {
    expect([...readQuery('__proto__=1&constructor=2').values.keys()]).toEqual(['__proto__', 'constructor']);
    expect({}).not.toHaveProperty('polluted');
  });

  it('gives back whatever was encoded, in either way', () => {
    const words = fc.string({ unit: 'binary', minLength: 1 }).filter((word) => word.isWellFormed());
    fc.assert(
      fc.property(fc.array(fc.tuple(words, words)), (pairs) => {
        const expected = new Map<string, string[]>();
        for (const [name, value] of pairs) expected.set(name, [...(expected.get(name) ?? []), value]);
        const percent = pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
        expect(readQuery(percent)).toEqual({ values: expected, faults: [] });
        expect(readQuery(new URLSearchParams(pairs).toString())).toEqual({ values: expected, faults: [] });
      }),
    );
  });

  it('never throws, and yields only well-formed text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('%', '&', '=', '+', 'a', '4', 'F', '\u00ff', '\u00c3', ' ') }),
        (query) => {
          const { values } = readQuery(query);
          for (const [name, list] of values) expect([name, ...list].every((word) => word.isWellFormed())).toBe(true);
        },
      ),
    );
  });
});

describe('quoting input', () => {
  it('cuts it after 100 characters and stays one line of JSON', () => {
    expect(quote('x'.repeat(100))).toBe(JSON.stringify('x'.repeat(100)));
    expect(quote('x'.repeat(101))).toBe(JSON.stringify(`${'x'.repeat(100)}…`));
    expect(quote('"\n<b>')).toBe('"\\"\\n<b>"');
  });
});
