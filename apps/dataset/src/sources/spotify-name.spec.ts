import { REGION_CODES, regionOf } from './countries.js';
import { parseSpotifyName } from './spotify-name.js';

describe('names of Spotify chart downloads', () => {
  it.each<[name: string, period: string, region: string, chart: string, date: string]>([
    ['regional-us-daily-2021-01-31.csv', 'daily', 'United States', 'top200', '2021-01-31'],
    ['regional-global-daily-2020-02-29.csv.gz', 'daily', 'Global', 'top200', '2020-02-29'],
    ['viral-kr-daily-2019-12-01.csv.zst', 'daily', 'South Korea', 'viral50', '2019-12-01'],
    ['some/folder.d/REGIONAL-CZ-DAILY-2017-01-01.CSV', 'daily', 'Czech Republic', 'top200', '2017-01-01'],
    ['regional-hk-weekly-2022-01-06.csv', 'weekly', 'Hong Kong', 'top200', '2022-01-06'],
    ['regional-gb-weekly-2016-12-23--2016-12-30.csv', 'weekly', 'United Kingdom', 'top200', '2016-12-29'],
  ])('%s says period, region, chart and date', (name, period, region, chart, date) => {
    expect(parseSpotifyName(name)).toEqual({ period, defaults: { region, chart, date } });
  });

  it.each<[name: string, message: RegExp]>([
    ['charts.csv', /^charts\.csv .*name it like "regional-us-daily-2021-01-31\.csv"/],
    ['regional-us-daily-2021-01-31 (1).csv', /name it like/],
    ['regional-us-daily-latest.csv', /name it like/],
    ['citytoptrack-us-daily-2021-01-31.csv', /name it like/],
    ['regional-xx-daily-2021-01-31.csv', /country code "xx"; known are global, ad,/],
    ['regional-constructor-daily-2021-01-31.csv', /country code "constructor"/],
    ['regional-us-daily-2021-02-29.csv', /2021-02-29 in its name is no calendar date/],
    ['regional-us-daily-1969-12-31.csv', /1969-12-31 in its name/],
    ['regional-us-daily-2021-01-01--2021-01-08.csv', /must be that of a weekly chart/],
    ['regional-us-weekly-2021-01-01--2021-01-02.csv', /from Friday to the Friday after/],
    ['regional-us-weekly-2021-01-01--2021-13-08.csv', /2021-13-08 in its name/],
  ])('%s is refused', (name, message) => {
    expect(() => parseSpotifyName(name)).toThrow(message);
    expect(() => parseSpotifyName(name)).toThrow(expect.objectContaining({ name: 'UsageError' }));
  });

  it('know each region by one code, in any case', () => {
    expect(new Set(REGION_CODES.map(regionOf)).size).toBe(REGION_CODES.length);
    for (const code of REGION_CODES) expect(code === 'global' ? 'xx' : code).toMatch(/^[a-z]{2}$/);
    expect([regionOf('AE'), regionOf('Global'), regionOf('')]).toEqual(['United Arab Emirates', 'Global', undefined]);
  });
});
