import { chartPaths, MOST_NAMES, readArtists, readFilters, vocabularyOf } from './vocabulary.js';

const FILTERS = {
  regions: ['Atlantis', 'Côte & Sud', 'Lemuria'],
  artists: Array.from({ length: 6000 }, (_, i) => `Artist ${i}`),
  dates: ['2021-01-01', '2021-01-03', '2021-01-02'],
};

describe('the vocabulary', () => {
  const charted = ['The Invented', 'Artist 7', 'The Invented'];
  const vocabulary = vocabularyOf(FILTERS, charted, 5);

  it('has the latest day first, and every region', () => {
    expect(vocabulary.dates).toEqual(['2021-01-03', '2021-01-02', '2021-01-01']);
    expect([...vocabulary.regions].sort()).toEqual(FILTERS.regions);
  });

  it('has the artists of the charts first, each artist once, and not more than a user can hold', () => {
    expect(vocabulary.artists.slice(0, 2)).toEqual(['The Invented', 'Artist 7']);
    expect(vocabulary.artists).toHaveLength(MOST_NAMES.artists);
    expect(new Set(vocabulary.artists).size).toBe(MOST_NAMES.artists);
  });

  it('is the same for every runner with the same seed, and another with another', () => {
    expect(vocabularyOf(FILTERS, charted, 5)).toEqual(vocabulary);
    expect(vocabularyOf(FILTERS, charted, 6).artists).not.toEqual(vocabulary.artists);
  });

  it('asks for a chart of each of the first regions, encoded', () => {
    expect(chartPaths({ regions: ['Côte & Sud', 'Lemuria'], dates: ['2021-01-03'] })).toEqual([
      '/rankings?region=C%C3%B4te%20%26%20Sud&date=2021-01-03&limit=200',
      '/rankings?region=Lemuria&date=2021-01-03&limit=200',
    ]);
  });
});

describe('the answers it is made of', () => {
  it('are taken as they are', () => {
    expect(readFilters({ ...FILTERS, more: 1 })).toEqual(FILTERS);
    expect(readArtists([{ artist: 'A, B' }, { artist: null }, {}, null])).toEqual(['A, B']);
    expect(readArtists({ error: 'x' })).toEqual([]);
  });

  it.each([[null], [{}], [{ ...FILTERS, dates: [] }], [{ ...FILTERS, regions: [1] }], ['text']])(
    'are refused when they are %j',
    (body) => {
      expect(() => readFilters(body)).toThrow('/filters answers no list of');
    },
  );
});
