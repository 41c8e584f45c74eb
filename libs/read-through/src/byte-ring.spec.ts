import fc from 'fast-check';
import { ByteRing } from './byte-ring.js';
import { RingModel } from './testing/ring-model.js';
import { recordBytes, textLayout } from './testing/text-layout.js';

type Step =
  | { readonly do: 'set'; readonly key: string; readonly size: number }
  | { readonly do: 'get' | 'has' | 'delete'; readonly key: string }
  | { readonly do: 'clear' };

const KEYS = 'abcdefghijklmnopqrstuvwxyz'.split('');
const key = fc.constantFrom(...KEYS, 'ü', '日本', 'a longer key than most');
const size = fc.oneof({ weight: 4, arbitrary: fc.nat(60) }, fc.nat(400));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 40, arbitrary: fc.record({ do: fc.constant('set' as const), key, size }) },
  { weight: 40, arbitrary: fc.record({ do: fc.constant('get' as const), key }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constantFrom('has' as const, 'delete' as const), key }) },
  { weight: 1, arbitrary: fc.constant({ do: 'clear' as const }) },
);

/** Bytes of a record with one letter as its key and one as its value. */
const ONE = recordBytes('a', 'a');

/** A ring for so many records of {@link ONE}, with these in it. */
function filled(keys: string, records = keys.length): ByteRing<string> {
  const ring = new ByteRing(records * ONE, textLayout);
  add(ring, keys);
  return ring;
}

function add(ring: ByteRing<string>, keys: string): void {
  for (const one of keys) ring.set(one, one);
}

function use(ring: ByteRing<string>, keys: string): void {
  for (const one of keys) expect(ring.get(one)).toBe(one);
}

function kept(ring: ByteRing<string>): string {
  return KEYS.filter((one) => ring.has(one)).join('');
}

/** What a step gave of the ring, and what it should have given. */
interface Outcome {
  readonly given?: unknown;
  readonly expected?: unknown;
  /** Keys that were dropped for room. */
  readonly gone: readonly string[];
  /** Keys that must not be: what has just come, or any where nothing came. */
  readonly kept: readonly string[];
}

/** Does a step with both; what the ring dropped for room, the model forgets. */
function apply(ring: ByteRing<string>, model: RingModel, one: Step, id: number): Outcome {
  if (one.do === 'set') {
    const value = `${id} `.padEnd(one.size, 'ä');
    ring.set(one.key, value);
    model.set(one.key, value);
    const gone = model.queue.filter((each) => !ring.has(each.key)).map((each) => each.key);
    model.queue = model.queue.filter((each) => !gone.includes(each.key));
    return { gone, kept: [one.key] };
  }
  const quiet = { gone: model.queue.filter((each) => !ring.has(each.key)).map((each) => each.key), kept: KEYS };
  if (one.do === 'get') return { ...quiet, given: ring.get(one.key), expected: model.get(one.key) };
  if (one.do === 'has') return { ...quiet, given: ring.has(one.key), expected: model.find(one.key) !== undefined };
  if (one.do === 'clear') {
    ring.clear();
    model.queue = [];
  } else {
    ring.delete(one.key);
    model.remove(one.key);
  }
  return quiet;
}

describe('a ring of bytes', () => {
  it('holds what it took, byte for byte, but for what had to go, and no more than its bound, whatever is asked of it', () => {
    let evictions = 0;
    fc.assert(
      fc.property(fc.nat(3000), fc.array(step, { maxLength: 300, size: 'max' }), (maxBytes, steps) => {
        const ring = new ByteRing(maxBytes, textLayout);
        const model = new RingModel(maxBytes - (maxBytes % 8));
        steps.forEach((one, id) => {
          const { given, expected, gone, kept: untouched } = apply(ring, model, one, id);
          expect(given).toBe(expected);
          expect(gone.filter((each) => untouched.includes(each))).toEqual([]);
          expect([ring.entries, ring.bytes]).toEqual([model.queue.length, model.bytes]);
          expect(ring.bytes).toBeLessThanOrEqual(maxBytes);
        });
        for (const { key: one, value } of model.queue) expect(ring.get(one)).toBe(value);
        evictions += ring.evictions;
      }),
      { seed: 2026 },
    );
    expect(evictions).toBeGreaterThan(1000);
  });

  it('drops the oldest while nothing is used', () => {
    const ring = filled('abcd');
    add(ring, 'ef');
    expect([kept(ring), ring.evictions, ring.bytes, ring.entries]).toEqual(['cdef', 2, 4 * ONE, 4]);
  });

  it('keeps what was used for another round, which has it at the end again', () => {
    const ring = filled('abcd');
    use(ring, 'a');
    add(ring, 'e');
    expect([kept(ring), ring.evictions]).toEqual(['acde', 1]);
    add(ring, 'fg');
    expect(kept(ring)).toBe('aefg');
    add(ring, 'h');
    expect(kept(ring)).toBe('efgh');
  });

  it('keeps what was used often for three rounds, not more', () => {
    const ring = filled('ab');
    use(ring, 'aaaaaaaa');
    add(ring, 'cde');
    expect(kept(ring)).toBe('ae');
    add(ring, 'f');
    expect(kept(ring)).toBe('ef');
  });

  it('does not take a look for a use', () => {
    const ring = filled('abcd');
    expect(ring.has('a')).toBe(true);
    add(ring, 'e');
    expect(kept(ring)).toBe('bcde');
  });

  it('never drops what it makes room for, even if all others were used', () => {
    const ring = filled('abcd');
    use(ring, 'abcdabcdabcd');
    add(ring, 'e');
    expect([kept(ring), ring.evictions]).toEqual(['bcde', 1]);
  });

  describe('with more than 64 used records side by side', () => {
    const keys = Array.from({ length: 200 }, (_, i) => `${i}`.padStart(3, '0'));
    let ring: ByteRing<string>;
    beforeEach(() => {
      ring = new ByteRing(200 * ONE, textLayout);
      for (const one of keys) ring.set(one, '');
      for (let round = 0; round < 3; round++) for (const one of keys) ring.get(one);
    });

    it('passes 64 of them for one that comes and does not keep that, however large it is', () => {
      expect([ring.entries, ring.bytes]).toEqual([200, ring.maxBytes]);
      ring.set('new', 'x'.repeat(20 * ONE));
      expect([ring.entries, ring.evictions, ring.has('new')]).toEqual([200, 0, false]);
      expect(keys.filter((one) => !ring.has(one))).toEqual([]);
    });

    it('drops none of those that are used in each round, whatever comes', () => {
      for (let i = 0; i < 1000; i++) {
        ring.set(`n${i}`, 'x'.repeat((i % 9) * ONE));
        if (i % 3 === 0) for (const one of keys) ring.get(one);
      }
      expect(keys.filter((one) => !ring.has(one))).toEqual([]);
    });

    it('drops them when they are used no more', () => {
      for (let i = 0; i < 1000; i++) ring.set(`n${i}`, '');
      expect(keys.filter((one) => ring.has(one))).toEqual([]);
      expect(ring.has('n999')).toBe(true);
    });

    it('drops one of them for a new value of a key that is there', () => {
      ring.set(keys[199]!, 'y');
      expect(ring.get(keys[199]!)).toBe('y');
      expect(keys.filter((one) => !ring.has(one))).toHaveLength(1);
    });
  });

  it('drops as many as it takes', () => {
    const ring = filled('abcdefgh');
    ring.set('i', 'x'.repeat(4 * ONE - 17));
    expect([kept(ring), ring.bytes, ring.evictions]).toEqual(['efghi', 8 * ONE, 4]);
  });

  it('takes a new value for a key as the newest, used as the former was', () => {
    const ring = filled('abcd');
    use(ring, 'a');
    ring.set('a', 'A');
    expect([ring.entries, ring.bytes]).toEqual([4, 4 * ONE]);
    add(ring, 'efgh');
    expect([kept(ring), ring.get('a')]).toEqual(['afgh', 'A']);
  });

  it('keeps no value larger than half of its room, and forgets the one that it was to replace', () => {
    const ring = new ByteRing(10 * ONE, textLayout);
    ring.set('a', 'x'.repeat(5 * ONE - 17));
    expect(ring.bytes).toBe(5 * ONE);
    ring.set('a', 'x'.repeat(5 * ONE - 16));
    expect([ring.get('a'), ring.bytes, ring.entries, ring.evictions]).toEqual([undefined, 0, 0, 0]);
  });

  it('keeps nothing in no bytes, nor in fewer than a record has', () => {
    for (const maxBytes of [0, 7, 16]) {
      const ring = new ByteRing(maxBytes, textLayout);
      add(ring, 'ab');
      expect([ring.get('a'), ring.entries, ring.bytes]).toEqual([undefined, 0, 0]);
    }
  });

  it('is as new after it was cleared', () => {
    const ring = filled('abc', 8);
    ring.clear();
    expect([kept(ring), ring.entries, ring.bytes]).toEqual(['', 0, 0]);
    add(ring, 'abcdefghi');
    expect([kept(ring), ring.entries, ring.bytes]).toEqual(['bcdefghi', 8, 8 * ONE]);
  });

  it('is not mistaken in keys that begin alike, or that UTF-8 cannot tell apart', () => {
    const ring = new ByteRing(100 * ONE, textLayout);
    const keys = ['a', 'aa', 'aaü', 'aaü ', '\u{1f3b5}', '\ud83c', '\ufffd', ''];
    keys.forEach((one, i) => ring.set(one, `${i}`));
    expect(keys.map((one) => ring.get(one))).toEqual(['0', '1', '2', '3', '4', undefined, '6', '7']);
  });

  it('gives views of its bytes, and copies that stay as they are', () => {
    const ring = new ByteRing<Buffer>(200, {
      sizeOf: (value) => value.length,
      write: (value, into, at) => into.set(value, at),
      view: (bytes, start, end) => bytes.subarray(start, end),
      copy: (value) => Buffer.from(value),
    });
    ring.set('a', Buffer.from('first'));
    const [view, copy] = [ring.view('a')!, ring.get('a')!];
    expect([view.toString(), copy.toString(), view.buffer.byteLength]).toEqual(['first', 'first', 200]);
    for (let i = 0; i < 50; i++) ring.set(`${i}`, Buffer.from('other'));
    expect(copy.toString()).toBe('first');
    expect(ring.view('a')).toBeUndefined();
  });
});
