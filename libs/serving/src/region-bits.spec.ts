import fc from 'fast-check';
import { EntryColumns } from './entry-columns.js';
import { regionBit, regionsOf } from './region-bits.js';

const regions = fc.array(fc.oneof(fc.nat(70), fc.nat(0xffff)), { maxLength: 60 });

function columnsOf(regionIds: readonly number[]): EntryColumns {
  const columns = new EntryColumns(Math.max(1, regionIds.length));
  columns.regionIds.set(regionIds);
  columns.length = regionIds.length;
  return columns;
}

describe('the bits of regions', () => {
  it('are those of every region of a part of the entries, and no others', () => {
    fc.assert(
      fc.property(regions, fc.nat(60), fc.nat(60), (ids, a, b) => {
        const [start, end] = [Math.min(a, ids.length), Math.min(a + b, ids.length)];
        const [low, high] = regionsOf(columnsOf(ids), start, end);
        const there = new Set(ids.slice(start, end).map((id) => id % 64));
        for (let id = 0; id < 200; id++) {
          const [ofLow, ofHigh] = regionBit(id);
          expect((low & ofLow) !== 0 || (high & ofHigh) !== 0).toBe(there.has(id % 64));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are whole numbers of 32 bits, as the serving file has them', () => {
    expect([regionBit(0), regionBit(31), regionBit(32), regionBit(63), regionBit(64)]).toEqual([
      [1, 0],
      [2 ** 31, 0],
      [0, 1],
      [0, 2 ** 31],
      [1, 0],
    ]);
    expect(regionsOf(columnsOf([31, 63, 0]), 0, 3)).toEqual([2 ** 31 + 1, 2 ** 31]);
  });
});
