import { decodeEntries, encodeEntries, EntryColumns } from '#libs/serving';
import { RowMemory } from './row-memory.js';

/** An encoded row of so many entries. */
function rowOf(count: number): Buffer {
  const entries = new EntryColumns();
  entries.reserve(count);
  entries.length = count;
  for (let i = 0; i < count; i++) entries.trackIds[i] = 1000 + i;
  return encodeEntries(entries, 0, count);
}

function tracksOf(bytes: Uint8Array | undefined): number[] | undefined {
  if (bytes === undefined) return undefined;
  const entries = new EntryColumns();
  decodeEntries(bytes, entries);
  return [...entries.trackIds.subarray(0, entries.length)];
}

describe('the memory of rows', () => {
  it('has the rows that were offered, by table and key', () => {
    const memory = new RowMemory(10_000);
    memory.offer('chart', 7, rowOf(3), Infinity);
    memory.offer('artist_page', 7, rowOf(4), Infinity);
    expect(tracksOf(memory.find('chart', 7, Infinity))).toEqual([1000, 1001, 1002]);
    expect(tracksOf(memory.find('artist_page', 7, Infinity))).toHaveLength(4);
    expect(memory.find('chart', 4, Infinity)).toBeUndefined();
    expect(memory.find('top_list', 7, Infinity)).toBeUndefined();
    expect(memory.bytes).toBeGreaterThan(0);
  });

  it('has as many of the first entries as were wanted, for whoever wants no more', () => {
    const memory = new RowMemory(10_000);
    memory.offer('chart', 1, rowOf(200), 10);
    expect(memory.bytes).toBeLessThan(100);
    for (const [wanted, found] of [
      [1, 10],
      [10, 10],
      [11, undefined],
      [Infinity, undefined],
    ] as const)
      expect(tracksOf(memory.find('chart', 1, wanted))?.length).toBe(found);
    memory.offer('chart', 1, rowOf(200), 20);
    expect(tracksOf(memory.find('chart', 1, 20))).toHaveLength(20);
  });

  it('has all of a row that has no more than were wanted', () => {
    const memory = new RowMemory(10_000);
    memory.offer('chart', 1, rowOf(50), 50);
    expect(tracksOf(memory.find('chart', 1, 200))).toHaveLength(50);
  });

  it('keeps what is offered for the second time once an eighth is taken, within its room', () => {
    const memory = new RowMemory(40_000);
    const offer = (from: number, to: number) => {
      for (let key = from; key < to; key++) memory.offer('chart', key, rowOf(200), 100);
    };
    const kept = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => memory.find('chart', from + at, 1)).filter(Boolean).length;
    offer(0, 1000);
    // One in ten that come for the first time may be taken for known.
    expect(kept(100, 1000)).toBeLessThan(200);
    offer(960, 1000);
    expect(kept(960, 1000)).toBe(40);
    for (let round = 0; round < 3; round++) offer(0, 1000);
    expect(memory.bytes).toBeLessThanOrEqual(40_000);
  });

  it('has none without room', () => {
    const memory = new RowMemory(0);
    memory.offer('chart', 1, rowOf(1), 1);
    expect(memory.find('chart', 1, 1)).toBeUndefined();
  });
});
