import { jest } from '@jest/globals';
import fc from 'fast-check';
import { LISTED_ARTIST_ENTRIES, TOP_LIST_ENTRIES } from '#libs/catalog';
import type { Dataset } from '../dataset/dataset.js';
import { BuiltDataset } from '../dataset/testing/built-dataset.js';
import { chartHistory, MANY, REGIONS } from '../dataset/testing/chart-history.js';
import { ExpectedAnswers } from '../dataset/testing/expected-answers.js';
import { TracksRepository } from './tracks.repository.js';
import type { TracksQuery } from './tracks.schema.js';
import { TracksService } from './tracks.service.js';

const ROWS = chartHistory();
const expected = new ExpectedAnswers(ROWS);
const { artists, dates } = expected.filters();
const LAST = dates.at(-1)!;

let built: BuiltDataset;
let dataset: Dataset;
let service: TracksService;
beforeAll(async () => {
  built = await BuiltDataset.of(ROWS);
  dataset = await built.served();
  service = new TracksService(dataset, new TracksRepository());
});
afterAll(() => built.remove());

async function most(query: TracksQuery) {
  const { load, contentLocation } = service.most(query);
  return { rows: JSON.parse((await load()).toString()) as unknown[], contentLocation };
}

describe('tracks', () => {
  it('are computed from artists with lists of their own and others', () => {
    const counts = artists.map((artist) => expected.entries(artist).length);
    expect(expected.entries(MANY).length).toBeGreaterThan(LISTED_ARTIST_ENTRIES);
    expect(counts.filter((count) => count > TOP_LIST_ENTRIES && count <= LISTED_ARTIST_ENTRIES).length).toBeGreaterThan(
      2,
    );
  });

  it('are the same as from plain rows without a filter', async () => {
    const { rows, contentLocation } = await most({});
    expect(rows).toHaveLength(TOP_LIST_ENTRIES);
    expect(rows).toEqual(expected.tracks({}));
    expect(contentLocation).toBeUndefined();
  });

  it('are the same as from plain rows for each date', async () => {
    for (const date of dates) expect((await most({ date })).rows).toEqual(expected.tracks({ date }));
  });

  it('are the same as from plain rows for each region', async () => {
    for (const region of REGIONS) expect((await most({ region })).rows).toEqual(expected.tracks({ region }));
  });

  it('are the same as from plain rows for each artist', async () => {
    for (const artist of artists) expect((await most({ artist })).rows).toEqual(expected.tracks({ artist }));
  });

  it('are the same as from plain rows for each artist in each region', async () => {
    for (const artist of artists) {
      for (const region of REGIONS) {
        expect((await most({ artist, region })).rows).toEqual(expected.tracks({ artist, region }));
      }
    }
  });

  it('are the same as from plain rows for any date with region, artist or both', async () => {
    const filters = fc.record(
      { region: fc.constantFrom(...REGIONS), artist: fc.constantFrom(MANY, ...artists) },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...dates), filters, async (date, others) => {
        expect((await most({ date, ...others })).rows).toEqual(expected.tracks({ date, ...others }));
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, { readonly region?: string; readonly artist?: string }]>([
    ['nothing else', {}],
    ['a region', { region: 'Österreich' }],
    ['a region that ends earlier', { region: 'Brazil' }],
    ['an artist', { artist: MANY }],
    ['a region and an artist', { region: 'Brazil', artist: 'Öde "Ö"' }],
  ])('of the latest day with %s are those of its last one, and say which it is', async (_, others) => {
    const last = ROWS.findLast(({ region }) => region === (others.region ?? region))!.date;
    expect(last === LAST).toBe(others.region !== 'Brazil');
    const { rows, contentLocation } = await most({ date: 'latest', ...others });
    expect(rows).toEqual(expected.tracks({ date: last, ...others }));
    expect(contentLocation).toBe(
      `/tracks?${new URLSearchParams({ date: last, ...others }).toString().replaceAll('+', '%20')}`,
    );
  });

  it.each<TracksQuery>([
    { date: '2021-03-11' },
    { region: 'Atlantis' },
    { artist: 'Nobody' },
    { date: '2021-03-01', region: 'Atlantis' },
    { date: '1999-01-01', region: 'Global', artist: MANY },
    { date: '2021-03-01', artist: 'Nobody' },
    { region: 'Global', artist: 'Nobody' },
    { region: 'Atlantis', artist: MANY },
    { date: 'latest', region: 'Atlantis' },
    { date: 'latest', artist: 'Nobody' },
  ])('of %j are none, without a query', async (query) => {
    const before = built.queries.length;
    const { load, contentLocation } = service.most(query);
    expect({ body: (await load()).toString(), contentLocation }).toEqual({ body: '[]', contentLocation: undefined });
    expect(built.queries.length).toBe(before);
  });

  it('of an artist who is not on the charts asked for are none', async () => {
    const silent = dates.flatMap((date) =>
      artists.flatMap((artist) => (expected.tracks({ date, artist }).length === 0 ? [{ date, artist }] : [])),
    );
    expect(silent.length).toBeGreaterThan(0);
    for (const query of silent.slice(0, 20)) expect((await most(query)).rows).toEqual([]);
  });

  it('of a region, a day and an artist come from the pages of the artist, and from the charts where those are more', async () => {
    const query = { date: dates[3]!, region: 'Global', artist: MANY };
    const asked = async () => {
      const before = built.queries.length;
      expect((await most(query)).rows).toEqual(expected.tracks(query));
      return built.queries.slice(before).map(({ question }) => question);
    };
    expect(expected.tracks(query).length).toBeGreaterThan(0);
    expect(await asked()).toEqual(['artist_page']);
    const ofDay = jest.spyOn(dataset.current.pages, 'ofDay').mockReturnValue([0, 1, 2]);
    expect(await asked()).toEqual(['chart']);
    ofDay.mockRestore();
  });

  it('take one query at the most, whatever is asked', async () => {
    for (const query of [{}, { date: LAST }, { region: 'Global' }, { artist: MANY }, { artist: 'Kites' }]) {
      const before = built.queries.length;
      await most(query);
      expect(built.queries.length - before).toBe(1);
    }
  });
});
