import fc from 'fast-check';
import { tmpdir } from 'node:os';
import { EntryColumns } from '#libs/serving';
import { PlacedEntries } from './placed-entries.js';
import { RecordRoom } from './record-room.js';

const FIELDS = ['days', 'regionIds', 'chartIds', 'trackIds', 'ranks', 'ranksByRegion', 'streams', 'trendIds'] as const;

function entryAt(columns: EntryColumns, i: number): readonly number[] {
  return FIELDS.map((field) => columns[field][i]!);
}

/** An entry of extreme and of ordinary values. */
const entryOf = fc.record({
  days: fc.constantFrom(0, 1, 0xffff),
  regionIds: fc.constantFrom(0, 7, 0xfffe),
  chartIds: fc.nat(1),
  ranks: fc.constantFrom(1, 1000),
  ranksByRegion: fc.constantFrom(1, 1000),
  streams: fc.constantFrom(0, 5, 0xffff_ffff),
  trendIds: fc.constantFrom(0, 126, 127),
});

describe('placed entries', () => {
  it('come out artist by artist, each with all its entries in the order they were put', () => {
    const tracks = fc.array(fc.nat(4), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(tracks, fc.array(fc.tuple(fc.nat(11), entryOf), { maxLength: 300 }), (artists, seeds) => {
        const used = [...new Set(artists)].sort((a, b) => a - b);
        const artistOfTrack = Uint32Array.from(artists, (artist) => used.indexOf(artist));
        const entries = new EntryColumns();
        const expected: (readonly number[])[][] = used.map(() => []);
        for (const [seed, fields] of seeds) {
          const at = entries.length++;
          entries.reserve(entries.length);
          const values = { ...fields, trackIds: seed % artists.length };
          for (const field of FIELDS) entries[field][at] = values[field];
          expected[artistOfTrack[values.trackIds]!]!.push(entryAt(entries, at));
        }
        const counts = Uint32Array.from(expected, ({ length }) => length);
        const placed = new PlacedEntries(counts, artistOfTrack, new RecordRoom(2 ** 24, tmpdir()));
        for (let i = 0; i < entries.length; i++) placed.put(entries, i, artistOfTrack[entries.trackIds[i]!]!);
        const found: (readonly number[])[][] = used.map(() => []);
        const take = (artist: number, columns: EntryColumns) =>
          (found[artist] = Array.from({ length: columns.length }, (_, i) => entryAt(columns, i)));
        const total = [...placed.byArtist(take)].reduce((sum, count) => sum + count, 0);
        expect(found).toEqual(expected);
        expect(total).toBe(entries.length);
      }),
      { numRuns: 60 },
    );
  });

  it('of more artists than a bucket takes come out in their order', () => {
    const counts = Uint32Array.from({ length: 6 }, (_, artist) => (artist + 1) * 20_000);
    const placed = new PlacedEntries(counts, Uint32Array.of(0, 1, 2, 3, 4, 5), new RecordRoom(2 ** 20, tmpdir()));
    const entry = new EntryColumns(1);
    for (let left = 120_000; left > 0; left--) {
      for (let artist = 0; artist < 6; artist++) {
        if (left > counts[artist]!) continue;
        entry.trackIds[0] = artist;
        entry.streams[0] = left;
        placed.put(entry, 0, artist);
      }
    }
    const seen: number[] = [];
    const buckets = [
      ...placed.byArtist((artist, { length, streams }) => {
        seen.push(artist);
        expect([length, streams[0], streams[length - 1]]).toEqual([counts[artist], counts[artist], 1]);
      }),
    ];
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    expect(buckets).toEqual([120_000, 80_000, 100_000, 120_000]);
  });

  it('that are fewer than expected are an error, not a shorter page', () => {
    const placed = new PlacedEntries(Uint32Array.of(2, 1), Uint32Array.of(0, 1), new RecordRoom(2 ** 20, tmpdir()));
    const entries = new EntryColumns(1);
    placed.put(entries, 0, 0);
    expect(() => [...placed.byArtist(() => undefined)]).toThrow('artist 0 has 1 entries instead of 2');
  });
});
