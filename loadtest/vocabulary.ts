import type { Vocabulary } from './mix.js';
import { seededRandom, shuffled } from './random.js';

/** What `/filters` answers. */
export interface Filters {
  readonly regions: readonly string[];
  readonly artists: readonly string[];
  readonly dates: readonly string[];
}

/** Names that the mix draws from at the most; each k6 user holds them all. */
export const MOST_NAMES = { regions: 200, dates: 2000, artists: 5000 } as const;

/** What is asked when the service cannot be asked what there is: the example calls of the replaced service's load test. */
export const EXAMPLE_VOCABULARY: Vocabulary = {
  regions: ['United States'],
  dates: ['2021-01-01'],
  artists: ['Shakira'],
};

/** How many charts are read for the artists that are asked for most. */
export const CHARTS_READ = 10;

/**
 * Reads the body of `/filters`. Throws a TypeError that says what is missing.
 */
export function readFilters(body: unknown): Filters {
  const lists = (body ?? {}) as Readonly<Record<string, unknown>>;
  const list = (name: string): readonly string[] => {
    const values = lists[name];
    if (!Array.isArray(values) || values.length === 0 || !values.every((value) => typeof value === 'string'))
      throw new TypeError(
        `/filters answers no list of ${name}, must be {"regions": [...], "artists": [...], "dates": [...]}`,
      );
    return values;
  };
  return { regions: list('regions'), artists: list('artists'), dates: list('dates') };
}

/** Reads the artists from the body of `/rankings`, in the chart's order; none from what is no chart. */
export function readArtists(body: unknown): readonly string[] {
  if (!Array.isArray(body)) return [];
  return body.flatMap((row: unknown) => {
    const artist = (row as { readonly artist?: unknown } | null)?.artist;
    return typeof artist === 'string' ? [artist] : [];
  });
}

/** Paths of the charts that tell which artists are asked for most: the latest days of the regions asked for most. */
export function chartPaths({ regions, dates }: Pick<Vocabulary, 'regions' | 'dates'>): readonly string[] {
  return regions.slice(0, CHARTS_READ).map((region, i) => {
    const date = dates[i % dates.length] ?? '';
    return `/rankings?region=${encodeURIComponent(region)}&date=${encodeURIComponent(date)}&limit=200`;
  });
}

/** Regions in an order that the seed gives, and dates from the latest back: people look at the newest chart. */
export function placesAndDays(filters: Filters, seed: number): Pick<Vocabulary, 'regions' | 'dates'> {
  return {
    regions: shuffled(filters.regions, seededRandom(seed)).slice(0, MOST_NAMES.regions),
    dates: [...filters.dates].sort((a, b) => (a < b ? 1 : -1)).slice(0, MOST_NAMES.dates),
  };
}

/**
 * What is asked for, most asked first: regions and dates as {@link placesAndDays}, then the artists of the charts that
 * were read, in their order, and after these the other artists in an order that the seed gives.
 */
export function vocabularyOf(filters: Filters, charted: readonly string[], seed: number): Vocabulary {
  const others = shuffled(filters.artists, seededRandom(seed + 1));
  const artists = [...new Set([...charted, ...others])].slice(0, MOST_NAMES.artists);
  return { ...placesAndDays(filters, seed), artists };
}
