import { FIRST_VISITS, originalCalls, SHARES } from './mix.js';
import { seededRandom } from './random.js';

const WORDS = {
  regions: ['United States', 'Café & Co'],
  dates: ['2021-01-02', '2021-01-01'],
  artists: ['A, B', '50%'],
};

describe('the mix of the original calls', () => {
  const draw = originalCalls(WORDS, 1.1, seededRandom(1), '"tag"');
  const asks = Array.from({ length: 50_000 }, draw);

  it('holds the four calls in their shares', () => {
    const share = (start: string) => asks.filter(({ path }) => path.startsWith(start)).length / asks.length;
    expect(share('/rankings?')).toBeCloseTo(SHARES.rankings, 1);
    expect(share('/artist?')).toBeCloseTo(SHARES.artist, 1);
    expect(share('/tracks?')).toBeCloseTo(SHARES.tracks, 1);
    expect(share('/filters')).toBeCloseTo(SHARES.filters, 2);
    expect(Object.values<number>(SHARES).reduce((sum, one) => sum + one)).toBeCloseTo(1);
  });

  it('asks for names as they are, encoded', () => {
    const paths = [...new Set(asks.map(({ path }) => path))];
    const artists = new Set(paths.flatMap((path) => new URL(path, 'http://x').searchParams.get('artist') ?? []));
    const regions = new Set(paths.flatMap((path) => new URL(path, 'http://x').searchParams.get('region') ?? []));
    expect([...artists].sort()).toEqual([...WORDS.artists].sort());
    expect([...regions].sort()).toEqual([...WORDS.regions].sort());
  });

  it('asks for /filters with the tag that is known, but for first visits', () => {
    const filters = asks.filter(({ path }) => path === '/filters');
    const again = filters.filter(({ headers }) => headers['If-None-Match'] === '"tag"');
    expect(again.length / filters.length).toBeCloseTo(1 - FIRST_VISITS, 1);
    expect(again.length).toBeLessThan(filters.length);
  });
});
