import fc from 'fast-check';
import { countEntries, decodeEntries, encodeEntries, firstEntries } from './entry-codec.js';
import { EntryColumns } from './entry-columns.js';
import { columnsOf, entriesOf, entryArbitrary, type Entry } from './testing/entries.js';

const entries = fc.array(entryArbitrary, { maxLength: 60 });

describe('encoded entries', () => {
  it('are the same when they are decoded', () => {
    fc.assert(
      fc.property(entries, (values) => {
        const decoded = new EntryColumns(1);
        decodeEntries(encodeEntries(columnsOf(values), 0, values.length), decoded);
        expect(entriesOf(decoded)).toEqual(values);
      }),
      { numRuns: 400 },
    );
  });

  it('are those of a part of the columns, and decoded as any part of that', () => {
    fc.assert(
      fc.property(entries, fc.array(fc.nat(60), { minLength: 4, maxLength: 4 }), (values, [a, b, c, d]) => {
        const [start, end] = [Math.min(a!, values.length), Math.min(Math.max(a!, b!), values.length)];
        const bytes = encodeEntries(columnsOf(values), start, end);
        const decoded = columnsOf(values.slice(0, 2));
        decodeEntries(bytes, decoded, c, c! + d!);
        const part = values.slice(start, end).slice(c, c! + d!);
        expect(entriesOf(decoded)).toEqual([...values.slice(0, 2), ...part]);
      }),
      { numRuns: 400 },
    );
  });

  it('are the first ones when a row is cut to so many', () => {
    fc.assert(
      fc.property(entries, fc.nat(70), (values, most) => {
        const bytes = encodeEntries(columnsOf(values), 0, values.length);
        const first = firstEntries(bytes, most);
        const decoded = new EntryColumns(1);
        decodeEntries(first, decoded);
        expect(entriesOf(decoded)).toEqual(values.slice(0, most));
        expect([countEntries(first), first === bytes]).toEqual([Math.min(most, values.length), values.length <= most]);
      }),
      { numRuns: 400 },
    );
  });

  it('cannot be cut when bytes are missing', () => {
    const bytes = encodeEntries(columnsOf(fc.sample(entryArbitrary, { numRuns: 9, seed: 1 })), 0, 9);
    expect(() => firstEntries(bytes.subarray(0, bytes.length - 1), 8)).toThrow('a row of 9 entries is cut short');
  });

  it('take no more bytes than their header when all is regular, as in a chart without streams', () => {
    const regular = (length: number) =>
      Array.from({ length }, (_, i): Entry => ({
        ...{ day: 9, region: 3, chart: 1, track: 77, rank: i + 1, rankByRegion: i + 1, streams: 5, trend: 2 },
      }));
    const [short, long] = [2, 200].map((length) => encodeEntries(columnsOf(regular(length)), 0, length));
    expect(long!.length).toBe(short!.length);
  });

  it('are refused when bytes are missing or left over', () => {
    fc.assert(
      fc.property(fc.array(entryArbitrary, { minLength: 1, maxLength: 20 }), fc.nat(), (values, cut) => {
        const bytes = encodeEntries(columnsOf(values), 0, values.length);
        const shorter = bytes.subarray(0, cut % bytes.length);
        const longer = Buffer.concat([bytes, Buffer.alloc((cut % 5) + 1)]);
        for (const wrong of [shorter, longer]) {
          const decoded = new EntryColumns(1);
          expect(() => decodeEntries(wrong, decoded)).toThrow(RangeError);
          expect(decoded.length).toBe(0);
        }
      }),
    );
  });

  it('are refused when a width is none', () => {
    const bytes = encodeEntries(columnsOf([]), 0, 0);
    bytes[4] = 5;
    expect(() => decodeEntries(bytes, new EntryColumns())).toThrow(RangeError);
  });
});
