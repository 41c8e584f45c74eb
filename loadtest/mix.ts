import { zipf, type Random } from './random.js';

/** What can be asked for, most asked first. */
export interface Vocabulary {
  readonly regions: readonly string[];
  readonly dates: readonly string[];
  readonly artists: readonly string[];
}

/** A request of the mix; the headers are those beyond Host. */
export interface Ask {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Shares of the four calls. `/filters` names every artist, megabytes for a large dataset: it is asked when a page opens,
 * nearly always by a browser that has it already and gives its ETag.
 */
export const SHARES = { rankings: 0.5, artist: 0.35, tracks: 0.14, filters: 0.01 } as const;
/** Share of the calls of `/filters` that come from a browser that has not got it yet. */
export const FIRST_VISITS = 0.05;
const NO_HEADERS = {};
const FIRST_VISIT = { 'Accept-Encoding': 'gzip' };

/**
 * The calls of the replaced service's load test, with region, date and artist drawn by Zipf's law. `filtersEtag`
 * is what a browser sends for the `/filters` it has kept; without it every call asks for all of it.
 */
export function originalCalls(
  { regions, dates, artists }: Vocabulary,
  exponent: number,
  random: Random,
  filtersEtag?: string,
): () => Ask {
  const draw = (values: readonly string[]) => {
    const position = zipf(values.length, exponent, random);
    const encoded = values.map(encodeURIComponent);
    return () => encoded[position()]!;
  };
  const [region, date, artist] = [draw(regions), draw(dates), draw(artists)];
  const kept = filtersEtag === undefined ? FIRST_VISIT : { 'If-None-Match': filtersEtag };
  const { rankings, artist: artistShare, tracks } = SHARES;
  return () => {
    const share = random();
    if (share < rankings) return ask(`/rankings?region=${region()}&date=${date()}&limit=10`);
    if (share < rankings + artistShare) return ask(`/artist?artist=${artist()}&limit=5&offset=10`);
    if (share < rankings + artistShare + tracks)
      return ask(`/tracks?date=${date()}&region=${region()}&artist=${artist()}`);
    return { path: '/filters', headers: random() < FIRST_VISITS ? FIRST_VISIT : kept };
  };
}

function ask(path: string): Ask {
  return { path, headers: NO_HEADERS };
}
