import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { CHARTS } from '#libs/catalog';
import type { Vocabulary } from '../mix.js';
import { seededRandom, shuffled, type Random } from '../random.js';

/** Rows asked of a chart and of an artist, unless the call is one of the original's. */
export const ROWS = 50;
const MAX_OFFSET = 1_000_000;

/** What a dataset can be asked, in an order that the seed settles. */
export interface Questions {
  readonly dir: string;
  readonly version: string;
  readonly entries: number;
  /** Regions in random order, dates latest first, artists with the most entries first. */
  readonly vocabulary: Vocabulary;
  /** One URL for each chart day of the dataset but the latest day's, which a start may have read already; shuffled. */
  readonly charts: readonly string[];
  /** So many URLs of different artist pages, drawn evenly from all entries. */
  artistPages(count: number): string[];
}

interface Manifest {
  readonly version: string;
  readonly regions: readonly string[];
  readonly rows: { readonly entries: number };
}

/** Reads from a dataset what it can be asked. */
export async function readQuestions(dir: string, seed = 1): Promise<Questions> {
  const folder = join(dir, readFileSync(join(dir, 'current'), 'utf8').trim());
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  const { regions } = manifest;
  const instance = await DuckDBInstance.create(join(folder, 'charts.duckdb'), { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const column = async (sql: string) => (await connection.runAndReadAll(sql)).getColumns()[0] ?? [];
  const dates = (await column('SELECT date::VARCHAR FROM day ORDER BY day_id')).map(String);
  const keys = (await column('SELECT chart_key FROM chart ORDER BY chart_key')).map(Number);
  const artists = (await column('SELECT name FROM artist ORDER BY entries DESC, artist_id')).map(String);
  const counts = (await column('SELECT entries FROM artist ORDER BY entries DESC, artist_id')).map(Number);
  connection.closeSync();
  instance.closeSync();
  const random = seededRandom(seed);
  const latest = (dates.length - 1) * regions.length * CHARTS.length;
  return {
    dir,
    version: manifest.version,
    entries: manifest.rows.entries,
    vocabulary: { regions: shuffled(regions, random), dates: dates.toReversed(), artists },
    charts: shuffled(
      keys.filter((key) => key < latest),
      random,
    ).map((key) => chartUrl(key, regions, dates)),
    artistPages: (count) => artistPages(artists, counts, count, random),
  };
}

function chartUrl(key: number, regions: readonly string[], dates: readonly string[]): string {
  const chart = CHARTS[key % CHARTS.length]!;
  const place = Math.floor(key / CHARTS.length);
  const [date, region] = [dates[Math.floor(place / regions.length)]!, regions[place % regions.length]!];
  const more = chart === 'top200' ? '' : `&chart=${chart}`;
  return `/rankings?region=${encodeURIComponent(region)}&date=${date}&limit=${ROWS}${more}`;
}

function artistPages(artists: readonly string[], counts: readonly number[], count: number, random: Random): string[] {
  const ends: number[] = [];
  let sum = 0;
  for (const entries of counts) ends.push((sum += entries));
  const urls = new Set<string>();
  for (let tries = 0; urls.size < count && tries < 20 * count; tries++) {
    const entry = Math.floor(random() * sum);
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (ends[middle]! > entry) high = middle;
      else low = middle + 1;
    }
    const offset = Math.min(MAX_OFFSET, entry - (ends[low]! - counts[low]!));
    urls.add(`/artist?artist=${encodeURIComponent(artists[low]!)}&limit=${ROWS}&offset=${offset}`);
  }
  return [...urls];
}

/** The ways in which the filters of `/tracks` can be combined, none of them first. */
export const TRACK_FILTERS = [
  [],
  ['date'],
  ['region'],
  ['artist'],
  ['date', 'region'],
  ['date', 'artist'],
  ['region', 'artist'],
  ['date', 'region', 'artist'],
] as const;

/** So many URLs of `/tracks` with these filters, or as many as there are: popular artists, any date and region. */
export function trackLists(
  { regions, dates, artists }: Vocabulary,
  filters: readonly string[],
  count: number,
  random: Random,
): string[] {
  const any = (values: readonly string[]) => encodeURIComponent(values[Math.floor(random() * values.length)]!);
  const popular = artists.slice(0, 2000);
  const values: Readonly<Record<string, readonly string[]>> = { date: dates, region: regions, artist: popular };
  const urls = new Set<string>();
  for (let tries = 0; urls.size < count && tries < 4 * count; tries++) {
    const query = filters.map((name) => `${name}=${any(values[name]!)}`).join('&');
    urls.add(`/tracks${query && '?'}${query}`);
  }
  return [...urls];
}
