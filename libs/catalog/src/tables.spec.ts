import fc from 'fast-check';
import { CHARTS, chartKey, listKeys } from './tables.js';

const size = fc.integer({ min: 1, max: 12 });

describe('keys of charts', () => {
  it('count from 0 without gaps, days outermost', () => {
    fc.assert(
      fc.property(size, size, (regions, days) => {
        const keys: number[] = [];
        for (let day = 0; day < days; day++) {
          for (let region = 0; region < regions; region++) {
            for (const chart of CHARTS.keys()) keys.push(chartKey(regions, day, region, chart));
          }
        }
        expect(keys).toEqual(keys.map((_, index) => index));
      }),
    );
  });
});

describe('keys of top lists', () => {
  it('are another for each list, and count from 0 without gaps', () => {
    fc.assert(
      fc.property(size, size, size, (regions, days, artists) => {
        const of = listKeys(regions, days);
        const ids = (count: number) => Array.from({ length: count }, (_, id) => id);
        const keys = [
          of.all,
          ...ids(days).map(of.day),
          ...ids(regions).map(of.region),
          ...ids(artists).flatMap((artist) => [
            of.artist(artist),
            ...ids(regions).map((region) => of.artistRegion(artist, region)),
          ]),
        ];
        expect(keys).toEqual(keys.map((_, index) => index));
      }),
    );
  });
});
