import fc from 'fast-check';
import { KeyTable } from './key-table.js';

/** A table whose record at place n has the key `key n`. */
function table(): KeyTable {
  return new KeyTable((place, key) => key === `key ${place}`);
}

/** Few hashes, so that many records want the same slots, at the beginning and around the end. */
const hash = fc.constantFrom(0, 1, 2, 7, 1022, 1023, 1024, 2046, 2047, 0xffff_ffff);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('add' as const), hash, pick: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), hash, pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), hash, pick: fc.nat() }) },
);

describe('a table of keys', () => {
  it('finds what was added and not removed, wherever it was moved, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const keys = table();
        const known = new Map<number, number>();
        const gone: [hash: number, place: number][] = [];
        steps.forEach((one, place) => {
          const places = [...known.keys()];
          const chosen = places[one.pick % (places.length || 1)];
          if (one.do === 'add') {
            keys.add(one.hash, place);
            known.set(place, one.hash);
          } else if (chosen !== undefined) {
            const hashOfChosen = known.get(chosen)!;
            known.delete(chosen);
            if (one.do === 'remove') keys.remove(hashOfChosen, chosen);
            else {
              keys.move(hashOfChosen, chosen, place);
              known.set(place, hashOfChosen);
            }
            gone.push([hashOfChosen, chosen]);
          }
        });
        expect(keys.count).toBe(known.size);
        expect(gone.filter(([hashOfPlace, place]) => keys.has(hashOfPlace, place))).toEqual([]);
        for (const [place, hashOfPlace] of known) {
          expect(keys.find(`key ${place}`, hashOfPlace)).toBe(place);
          expect(keys.has(hashOfPlace, place)).toBe(true);
        }
      }),
      { seed: 2026 },
    );
  });

  it('grows to hold any number of keys', () => {
    const keys = table();
    for (let place = 0; place < 10_000; place++) keys.add(Math.imul(place, 0x9e3779b1) >>> 0, place);
    for (let place = 0; place < 10_000; place++)
      expect(keys.find(`key ${place}`, Math.imul(place, 0x9e3779b1) >>> 0)).toBe(place);
    expect(keys.count).toBe(10_000);
    keys.clear();
    expect([keys.count, keys.find('key 7', Math.imul(7, 0x9e3779b1) >>> 0)]).toEqual([0, undefined]);
  });

  it('tells keys of the same hash apart', () => {
    const keys = table();
    for (let place = 0; place < 5; place++) keys.add(42, place);
    expect([0, 1, 2, 3, 4].map((place) => keys.find(`key ${place}`, 42))).toEqual([0, 1, 2, 3, 4]);
    expect(keys.find('key 5', 42)).toBeUndefined();
    keys.remove(42, 9);
    expect(keys.count).toBe(5);
  });
});
