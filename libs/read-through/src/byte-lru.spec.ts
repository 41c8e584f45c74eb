import fc from 'fast-check';
import { ByteLru } from './byte-lru.js';

interface Sized {
  readonly id: number;
  bytes: number;
}

type Step =
  | { readonly do: 'set' | 'grow'; readonly key: string; readonly bytes: number }
  | { readonly do: 'get' | 'delete'; readonly key: string };

const key = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'.split(''));
/** Small against the bounds below, so that much is kept and much has to go. */
const anyBytes = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.nat(8));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), key, bytes: anyBytes }) },
  fc.record({ do: fc.constant('grow' as const), key, bytes: anyBytes }),
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('get' as const, 'delete' as const), key }) },
);

/** The same in the plainest way: a list of what is kept, the one used last at its end. */
class Model {
  list: { readonly key: string; readonly value: Sized; bytes: number }[] = [];
  evictions = 0;

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.list.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  apply(one: Step, value: Sized): Sized | undefined {
    const found = this.list.find((entry) => entry.key === one.key);
    const others = this.list.filter((entry) => entry !== found);
    if (one.do === 'get' && found) this.list = [...others, found];
    if (one.do === 'delete') this.list = others;
    if (one.do === 'grow' && found) {
      found.bytes = one.bytes;
      if (found.bytes * 2 > this.maxBytes) {
        this.list = others;
        this.evictions++;
      }
    }
    if (one.do === 'set')
      this.list = value.bytes * 2 > this.maxBytes ? others : [...others, { key: one.key, value, bytes: value.bytes }];
    for (; this.bytes > this.maxBytes; this.evictions++) this.list.shift();
    return one.do === 'get' ? found?.value : undefined;
  }
}

function apply(lru: ByteLru<Sized>, one: Step, value: Sized, kept: Sized | undefined): Sized | undefined {
  if (one.do === 'get') return lru.get(one.key);
  if (one.do === 'delete') lru.delete(one.key);
  if (one.do === 'set') lru.set(one.key, value);
  if (one.do === 'grow') {
    if (kept) kept.bytes = one.bytes;
    lru.resize(one.key);
  }
  return undefined;
}

describe('a least recently used cache bounded in bytes', () => {
  it('does what a plain list does, whatever is asked of it, and never holds more than its bound', () => {
    let evictions = 0;
    fc.assert(
      fc.property(fc.nat(40), fc.array(step, { maxLength: 300, size: 'max' }), (maxBytes, steps) => {
        const lru = new ByteLru<Sized>(maxBytes, (value) => value.bytes);
        const model = new Model(maxBytes);
        steps.forEach((one, id) => {
          const value = { id, bytes: 'bytes' in one ? one.bytes : 0 };
          const kept = model.list.find((entry) => entry.key === one.key)?.value;
          expect(apply(lru, one, value, kept)).toBe(model.apply(one, value));
          expect([lru.bytes, lru.entries, lru.evictions]).toEqual([model.bytes, model.list.length, model.evictions]);
          expect(lru.bytes).toBeLessThanOrEqual(maxBytes);
        });
        for (const { key: one, value } of model.list) expect(lru.peek(one)).toBe(value);
        evictions += lru.evictions;
      }),
    );
    expect(evictions).toBeGreaterThan(100);
  });

  it('drops the one that was not used for longest', () => {
    const lru = new ByteLru<string>(8, () => 1);
    for (const one of 'abcdefgh') lru.set(one, one);
    lru.get('a');
    lru.set('i', 'i');
    expect('abcdefghi'.split('').filter((one) => lru.get(one) === undefined)).toEqual(['b']);
    expect(lru.evictions).toBe(1);
  });

  it('keeps no value larger than half of its bound, and forgets the one that it was to replace', () => {
    const lru = new ByteLru<string>(20, (value) => value.length);
    lru.set('a', 'x'.repeat(10));
    expect(lru.bytes).toBe(10);
    lru.set('a', 'x'.repeat(11));
    expect([lru.get('a'), lru.bytes, lru.evictions]).toEqual([undefined, 0, 0]);
  });

  it('makes room when a value has grown', () => {
    const sizes = new Map('abcdefghi'.split('').map((one) => [one, 8]));
    const lru = new ByteLru<string>(80, (value) => sizes.get(value)!);
    for (const one of sizes.keys()) lru.set(one, one);
    const grow = (one: string) => {
      sizes.set(one, 10);
      lru.resize(one);
    };
    'efgh'.split('').forEach(grow);
    expect([lru.bytes, lru.entries, lru.evictions]).toEqual([80, 9, 0]);
    grow('i');
    expect([...sizes.keys()].map((one) => lru.peek(one))).toEqual([undefined, ...'bcdefghi'.split('')]);
    expect([lru.bytes, lru.entries, lru.evictions]).toEqual([74, 8, 1]);
    lru.resize('never kept');
    expect(lru.bytes).toBe(74);
  });

  it('forgets a value that has grown too large, not the others', () => {
    let large = 10;
    const lru = new ByteLru<string>(80, (value) => (value === 'b' ? large : 10));
    for (const one of 'abc') lru.set(one, one);
    large = 41;
    lru.resize('b');
    expect([lru.peek('a'), lru.peek('b'), lru.peek('c'), lru.bytes, lru.evictions]).toEqual([
      'a',
      undefined,
      'c',
      20,
      1,
    ]);
  });

  it('does not take a peek for use', () => {
    const lru = new ByteLru<string>(8, () => 1);
    for (const one of 'abcdefgh') lru.set(one, one);
    expect(lru.peek('a')).toBe('a');
    lru.set('i', 'i');
    expect(lru.peek('a')).toBeUndefined();
  });

  it('is as new after it was cleared', () => {
    const lru = new ByteLru<string>(8, () => 1);
    for (const one of 'abc') lru.set(one, one);
    lru.clear();
    expect([lru.peek('a'), lru.entries, lru.bytes]).toEqual([undefined, 0, 0]);
    for (const one of 'abcdefghi') lru.set(one, one);
    expect([lru.peek('a'), lru.peek('b'), lru.entries, lru.bytes]).toEqual([undefined, 'b', 8, 8]);
  });

  it('measures a value with its key', () => {
    const lru = new ByteLru<string>(800, (value, one) => value.length + 2 * one.length);
    lru.set('four', 'xyz');
    expect(lru.bytes).toBe(11);
  });

  it('keeps nothing in no bytes', () => {
    const lru = new ByteLru<string>(0, () => 1);
    lru.set('a', 'a');
    expect([lru.get('a'), lru.entries, lru.bytes]).toEqual([undefined, 0, 0]);
  });
});
