import fc from 'fast-check';
import { LISTED_ARTIST_ENTRIES, type Chart } from '#libs/catalog';
import type { Dataset } from '../dataset/dataset.js';
import { BuiltDataset } from '../dataset/testing/built-dataset.js';
import { chartHistory, MANY } from '../dataset/testing/chart-history.js';
import { ExpectedAnswers } from '../dataset/testing/expected-answers.js';
import { ArtistsRepository } from './artists.repository.js';
import { ArtistsService } from './artists.service.js';

const expected = new ExpectedAnswers(chartHistory());
const { artists } = expected.filters();
const artist = fc.constantFrom(...artists);
const chart = fc.constantFrom<Chart | undefined>('top200', 'viral50', undefined);

let built: BuiltDataset;
let dataset: Dataset;
let service: ArtistsService;
beforeAll(async () => {
  built = await BuiltDataset.of(chartHistory());
  dataset = await built.served();
  service = new ArtistsService(dataset, new ArtistsRepository());
});
afterAll(() => built.remove());

async function history(name: string, offset: number, limit: number, wanted?: Chart): Promise<unknown[]> {
  const body = await service.history({ artist: name, offset, limit, ...(wanted && { chart: wanted }) }).load();
  return JSON.parse(body.toString()) as unknown[];
}

describe("an artist's history", () => {
  it('is any part of the one computed from plain rows', async () => {
    const offset = fc.oneof(fc.nat(120), fc.nat(2000));
    const limit = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 1000 }));
    await fc.assert(
      fc.asyncProperty(artist, chart, offset, limit, async (name, wanted, from, count) => {
        const whole = expected.artist(name, wanted);
        expect(await history(name, from, count, wanted)).toEqual(whole.slice(from, from + count));
      }),
      { numRuns: 250 },
    );
  });

  it('is whole when its pages are joined, of any length', async () => {
    await fc.assert(
      fc.asyncProperty(artist, chart, fc.integer({ min: 7, max: 400 }), async (name, wanted, limit) => {
        const joined: unknown[] = [];
        for (let offset = 0; ; offset += limit) {
          const page = await history(name, offset, limit, wanted);
          joined.push(...page);
          if (page.length < limit) break;
        }
        expect(joined).toEqual(expected.artist(name, wanted));
      }),
      { numRuns: 40 },
    );
  });

  it('is of an artist with very many entries too', async () => {
    const whole = expected.artist(MANY);
    expect(whole.length).toBeGreaterThan(LISTED_ARTIST_ENTRIES);
    expect(await history(MANY, 0, 1000)).toEqual(whole.slice(0, 1000));
    expect(await history(MANY, whole.length - 1, 1000)).toEqual(whole.slice(-1));
  });

  it('ends where there are no more, without a query beyond the end', async () => {
    const before = built.queries.length;
    const { length } = expected.artist('Kites');
    for (const offset of [length, length + 1, 1_000_000]) expect(await history('Kites', offset, 10)).toEqual([]);
    expect(built.queries.length).toBe(before);
    expect(await history('Kites', expected.artist('Kites', 'viral50').length, 10, 'viral50')).toEqual([]);
  });

  it.each(['Nobody', 'kites', 'Kites ', 'Ona Bel,Kites', 'Tyto', '\ufeffA', '\u{10401}'])(
    'of %j is no artist here, which takes no query to say',
    async (name) => {
      const before = built.queries.length;
      await expect(history(name, 0, 10)).rejects.toMatchObject({ code: 'artist-not-found', status: 404 });
      expect(built.queries.length).toBe(before);
    },
  );
});
