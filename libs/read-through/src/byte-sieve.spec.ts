import fc from 'fast-check';
import { ByteSieve } from './byte-sieve.js';
import { SieveModel, type Sized } from './testing/sieve-model.js';

type Step =
  | { readonly do: 'set' | 'grow'; readonly key: string; readonly bytes: number }
  | { readonly do: 'get' | 'peek' | 'delete'; readonly key: string }
  | { readonly do: 'clear' };

const KEYS = 'abcdefghijklmnopqrstuvwxyz'.split('');
const key = fc.constantFrom(...KEYS);
/** Small against the bounds below, so that much is kept and much has to go. */
const anyBytes = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.nat(8));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 40, arbitrary: fc.record({ do: fc.constant('set' as const), key, bytes: anyBytes }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('grow' as const), key, bytes: anyBytes }) },
  { weight: 40, arbitrary: fc.record({ do: fc.constant('get' as const), key }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constantFrom('peek' as const, 'delete' as const), key }) },
  { weight: 1, arbitrary: fc.constant({ do: 'clear' as const }) },
);

/** Does a step with both, and tells what each gave. */
function apply(sieve: ByteSieve<Sized>, model: SieveModel, one: Step, id: number): (Sized | undefined)[] {
  if (one.do === 'clear') {
    sieve.clear();
    model.clear();
    return [];
  }
  const found = model.find(one.key);
  if (one.do === 'peek') return [sieve.peek(one.key), found?.value];
  if (one.do === 'get') return [sieve.get(one.key), model.get(one.key)];
  if (!('bytes' in one)) {
    sieve.delete(one.key);
    model.remove(one.key);
  } else if (one.do === 'set') {
    const value = { id, bytes: one.bytes };
    sieve.set(one.key, value);
    model.set(one.key, value);
  } else {
    if (found) found.value.bytes = one.bytes;
    sieve.resize(one.key);
    model.grow(one.key, one.bytes);
  }
  return [];
}

/** A cache for so many values of one byte each, with these in it. */
function filled(keys: string, maxBytes = keys.length): ByteSieve<string> {
  const sieve = new ByteSieve<string>(maxBytes, () => 1);
  add(sieve, keys);
  return sieve;
}

function add(sieve: ByteSieve<string>, keys: string): void {
  for (const one of keys) sieve.set(one, one);
}

function use(sieve: ByteSieve<string>, keys: string): void {
  for (const one of keys) expect(sieve.get(one)).toBe(one);
}

function kept<T>(sieve: ByteSieve<T>): string {
  return KEYS.filter((one) => sieve.peek(one) !== undefined).join('');
}

describe('what SIEVE drops for room', () => {
  it('is what a plain list with a hand drops, whatever is asked of it, and never leaves more than the bound', () => {
    let evictions = 0;
    fc.assert(
      fc.property(fc.nat(40), fc.array(step, { maxLength: 300, size: 'max' }), (maxBytes, steps) => {
        const sieve = new ByteSieve<Sized>(maxBytes, (value) => value.bytes);
        const model = new SieveModel(maxBytes);
        steps.forEach((one, id) => {
          const [given, expected] = apply(sieve, model, one, id);
          expect(given).toBe(expected);
          const keys = KEYS.filter((each) => model.find(each)).join('');
          expect([kept(sieve), sieve.entries, sieve.bytes, sieve.evictions]).toEqual([
            ...[keys, model.list.length, model.bytes, model.evictions],
          ]);
          expect(sieve.bytes).toBeLessThanOrEqual(maxBytes);
        });
        for (const { key: one, value } of model.list) expect(sieve.peek(one)).toBe(value);
        evictions += sieve.evictions;
      }),
      { seed: 2024 },
    );
    expect(evictions).toBeGreaterThan(1000);
  });

  it('is the oldest while nothing is used', () => {
    const sieve = filled('abcd');
    add(sieve, 'ef');
    expect([kept(sieve), sieve.evictions]).toEqual(['cdef', 2]);
  });

  it('is not what was used, however old, but the first after it that was not', () => {
    const sieve = filled('abcd');
    use(sieve, 'a');
    add(sieve, 'e');
    expect([kept(sieve), sieve.evictions]).toEqual(['acde', 1]);
  });

  it('is found from where the last one was, not from the oldest, which has lost its mark', () => {
    const sieve = filled('abcd');
    use(sieve, 'a');
    add(sieve, 'e');
    add(sieve, 'f');
    expect(kept(sieve)).toBe('adef');
    add(sieve, 'g');
    expect(kept(sieve)).toBe('aefg');
  });

  it.each([
    ['is what was used when the hand comes to it again, unless it was used since', '', 'efgh'],
    ['is not what was used between two rounds of the hand', 'a', 'afgh'],
  ])('%s', (_, usedSince, left) => {
    const sieve = filled('abcd');
    use(sieve, 'a');
    add(sieve, 'efg');
    expect(kept(sieve)).toBe('aefg');
    // All from the hand to the newest are used, so that it comes round to the oldest.
    use(sieve, `efg${usedSince}`);
    add(sieve, 'h');
    expect(kept(sieve)).toBe(left);
  });

  it('is not what a peek was at', () => {
    const sieve = filled('abcd');
    expect(sieve.peek('a')).toBe('a');
    add(sieve, 'e');
    expect(kept(sieve)).toBe('bcde');
  });

  it('is never what it makes room for, even if all others were used', () => {
    const sieve = filled('abcd');
    use(sieve, 'abcd');
    add(sieve, 'e');
    expect(kept(sieve)).toBe('bcde');
  });

  it('is as many as it takes', () => {
    const sieve = new ByteSieve<number>(8, (value) => value);
    for (const one of 'abcdefgh') sieve.set(one, 1);
    sieve.get('b');
    sieve.set('i', 4);
    expect([kept(sieve), sieve.bytes, sieve.evictions]).toEqual(['bfghi', 8, 4]);
  });

  it.each([
    ['used', 'a', 'acde'],
    ['not used', '', 'bcde'],
  ])('takes a new value for one that was %s, and is counted as the newest', (_, usedBefore, left) => {
    const sieve = filled('abcd');
    use(sieve, usedBefore);
    sieve.set('a', 'A');
    use(sieve, 'bcd');
    add(sieve, 'e');
    expect([kept(sieve), sieve.evictions]).toEqual([left, 1]);
    expect(sieve.peek('a')).toBe(usedBefore ? 'A' : undefined);
  });
});

describe('the hand of SIEVE', () => {
  const large = new Set<string>();
  beforeEach(() => large.clear());

  it.each<[what: string, change: (sieve: ByteSieve<string>) => void, added: string, left: string]>([
    ['is deleted', (sieve) => sieve.delete('c'), 'fg', 'aefg'],
    ['gets another value', (sieve) => sieve.set('c', 'C'), 'f', 'acef'],
    ['has become too large', (sieve) => [large.add('c'), sieve.resize('c')], 'fg', 'aefg'],
    ['is deleted and was the newest', (sieve) => ['e', 'd', 'c'].forEach((one) => sieve.delete(one)), 'fghi', 'fghi'],
    ['is forgotten with all others', (sieve) => sieve.clear(), 'fghij', 'ghij'],
  ])('goes on to the next, or round to the oldest, when what it is at %s', (_, change, added, left) => {
    const sieve = new ByteSieve<string>(4, (_value, one) => (large.has(one) ? 3 : 1));
    add(sieve, 'abcd');
    use(sieve, 'a');
    add(sieve, 'e');
    // The hand has passed a, dropped b and is at c.
    expect(kept(sieve)).toBe('acde');
    change(sieve);
    add(sieve, added);
    expect([kept(sieve), sieve.entries, sieve.bytes]).toEqual([left, 4, 4]);
  });
});

describe('a cache bounded in bytes', () => {
  it('keeps no value larger than half of its bound, and forgets the one that it was to replace', () => {
    const sieve = new ByteSieve<string>(20, (value) => value.length);
    sieve.set('a', 'x'.repeat(10));
    expect(sieve.bytes).toBe(10);
    sieve.set('a', 'x'.repeat(11));
    expect([sieve.get('a'), sieve.bytes, sieve.evictions]).toEqual([undefined, 0, 0]);
  });

  it('makes room when a value has grown', () => {
    const sizes = new Map('abcdefghi'.split('').map((one) => [one, 8]));
    const sieve = new ByteSieve<string>(80, (value) => sizes.get(value)!);
    add(sieve, 'abcdefghi');
    const grow = (one: string) => {
      sizes.set(one, 10);
      sieve.resize(one);
    };
    'efgh'.split('').forEach(grow);
    expect([sieve.bytes, sieve.entries, sieve.evictions]).toEqual([80, 9, 0]);
    grow('i');
    expect([kept(sieve), sieve.bytes, sieve.entries, sieve.evictions]).toEqual(['bcdefghi', 74, 8, 1]);
    sieve.resize('never kept');
    expect(sieve.bytes).toBe(74);
  });

  it('forgets a value that has grown too large, not the others', () => {
    let large = 10;
    const sieve = new ByteSieve<string>(80, (value) => (value === 'b' ? large : 10));
    add(sieve, 'abc');
    large = 41;
    sieve.resize('b');
    expect([kept(sieve), sieve.bytes, sieve.evictions]).toEqual(['ac', 20, 1]);
  });

  it('is as new after it was cleared', () => {
    const sieve = filled('abc', 8);
    sieve.clear();
    expect([sieve.peek('a'), sieve.entries, sieve.bytes]).toEqual([undefined, 0, 0]);
    add(sieve, 'abcdefghi');
    expect([kept(sieve), sieve.entries, sieve.bytes]).toEqual(['bcdefghi', 8, 8]);
  });

  it('measures a value with its key', () => {
    const sieve = new ByteSieve<string>(800, (value, one) => value.length + 2 * one.length);
    sieve.set('four', 'xyz');
    expect(sieve.bytes).toBe(11);
  });

  it('keeps nothing in no bytes', () => {
    const sieve = filled('a', 0);
    expect([sieve.get('a'), sieve.entries, sieve.bytes]).toEqual([undefined, 0, 0]);
  });
});
