import fc from 'fast-check';
import { LISTED_ARTIST_ENTRIES, PAGE_ENTRIES, type Chart } from '#libs/catalog';
import type { OpenDataset } from './open-dataset.js';
import { BuiltDataset } from './testing/built-dataset.js';
import { chartHistory, MANY } from './testing/chart-history.js';
import { ExpectedAnswers } from './testing/expected-answers.js';

const expected = new ExpectedAnswers(chartHistory());
const { artists, dates } = expected.filters();
const artist = fc.nat(artists.length - 1);
const chart = fc.constantFrom<Chart | undefined>('top200', 'viral50', undefined);
const offset = fc.oneof(fc.nat(120), fc.nat(2000), fc.constant(1_000_000));
const limit = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 1000 }));

let built: BuiltDataset;
let dataset: OpenDataset;
beforeAll(async () => {
  built = await BuiltDataset.of(chartHistory());
  dataset = await built.open();
});
afterAll(() => built.remove());

const firstPage = (artistId: number) => dataset.dictionaries.artistFirstPages[artistId]!;

/** Page of each entry of an artist, and whether the entry is on the chart. */
function placesOf(artistId: number, wanted: Chart | undefined) {
  return expected.entries(artists[artistId]!).map((entry, i) => ({
    ...{ page: firstPage(artistId) + Math.floor(i / PAGE_ENTRIES), date: entry.date },
    counts: wanted === undefined || entry.chart === wanted,
  }));
}

describe("an artist's pages", () => {
  it('are of histories short and long', () => {
    const counts = artists.map((name) => expected.entries(name).length);
    expect(Math.max(...counts)).toBeGreaterThan(LISTED_ARTIST_ENTRIES);
    expect(counts.filter((count) => count < LISTED_ARTIST_ENTRIES).length).toBeGreaterThan(3);
    expect(artists).toContain(MANY);
  });

  it('are all that hold entries, in order', () => {
    artists.forEach((_, artistId) => {
      expect(dataset.pages.all(artistId)).toEqual([...new Set(placesOf(artistId, undefined).map(({ page }) => page))]);
    });
  });

  it('of a range are those with an entry of it, and at most the last one besides', () => {
    fc.assert(
      fc.property(artist, chart, offset, limit, (artistId, wanted, from, count) => {
        const places = placesOf(artistId, wanted);
        const onChart = places.filter(({ counts }) => counts);
        const needed = [...new Set(onChart.slice(from, from + count).map(({ page }) => page))];
        const found = dataset.pages.range(artistId, from, count, wanted);
        const keys = found.map(({ key }) => key);
        expect(keys.filter((key) => needed.includes(key))).toEqual(needed);
        expect(keys.filter((key) => !needed.includes(key) && key !== places.at(-1)!.page)).toEqual([]);
        for (const { key, before } of found) {
          expect(before).toBe(onChart.filter(({ page }) => page < key).length);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('in a region are those with an entry of it', () => {
    const { regions } = dataset.dictionaries;
    let left = 0;
    artists.forEach((name, artistId) => {
      const pages = dataset.pages.all(artistId);
      const entries = expected.entries(name);
      for (const [regionId, region] of expected.filters().regions.entries()) {
        expect(regions.find(region)).toBe(regionId);
        const needed = entries.flatMap((entry, i) => (entry.region === region ? [Math.floor(i / PAGE_ENTRIES)] : []));
        expect(dataset.pages.inRegion(pages, regionId)).toEqual([...new Set(needed)].map((page) => pages[page]));
        left += pages.length - new Set(needed).size;
      }
    });
    expect(left).toBeGreaterThan(0);
  });

  it('of a day are those with an entry of it, and at most one besides', () => {
    artists.forEach((_, artistId) => {
      const places = placesOf(artistId, undefined);
      dates.forEach((date, dayId) => {
        const needed = [...new Set(places.filter((place) => place.date === date).map(({ page }) => page))];
        const found = dataset.pages.ofDay(artistId, dayId);
        expect(found.filter((key) => needed.includes(key))).toEqual(needed);
        expect(found.length).toBeLessThanOrEqual(needed.length + 1);
        expect(found.every((key) => places.some(({ page }) => page === key))).toBe(true);
      });
    });
  });
});
