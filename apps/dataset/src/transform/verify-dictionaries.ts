import { INDEXES, parseDay, type Manifest } from '#libs/catalog';
import type { ServedDictionaries, ServingReader } from './serving-reader.js';
import type { Faults } from './verify-faults.js';

/** Checks that the indexes are there through which the API reads: without them each answer would read a whole table. */
export async function checkIndexes(reader: ServingReader, faults: Faults): Promise<void> {
  const wanted = INDEXES.map((sql) => /INDEX (\w+)/.exec(sql)![1]!).sort();
  faults.expect('indexes', (await reader.indexes()).join(), wanted.join());
}

/** Checks counts, order and distinctness of the dictionaries against the manifest. */
export function checkDictionaries(served: ServedDictionaries, manifest: Manifest, faults: Faults): void {
  const { rows } = manifest;
  faults.expect('regions', served.regions.length, rows.regions);
  faults.expect('days', served.days.length, rows.days);
  faults.expect('artists', served.artists.length, rows.artists);
  faults.expect('tracks', served.tracks.length, rows.tracks);
  faults.expect('first date', served.days[0] ?? 'none', manifest.firstDate);
  faults.expect('last date', served.days.at(-1) ?? 'none', manifest.lastDate);
  faults.expect('names of regions', served.regions.join('\n'), manifest.regions.join('\n'));
  ascending('region', served.regions, faults);
  ascending('day', served.days, faults);
  ascending('trend', served.trends, faults);
  ascending(
    'artist',
    served.artists.map(({ name }) => name),
    faults,
  );
  for (const date of served.days) if (parseDay(date) === undefined) faults.add(`day ${date} is no calendar date`);
  served.tracks.forEach(({ artistId }, id) => {
    if (artistId !== null && artistId >= served.artists.length) faults.add(`track ${id} has no artist ${artistId}`);
  });
  checkTrackOrder(served, faults);
}

function ascending(what: string, values: readonly string[], faults: Faults): void {
  for (let id = 1; id < values.length; id++) {
    if (compareBytes(values[id - 1]!, values[id]!) >= 0) faults.add(`${what} ${id} is not in order or repeated`);
  }
}

function checkTrackOrder({ tracks }: ServedDictionaries, faults: Faults): void {
  for (let id = 1; id < tracks.length; id++) {
    const [a, b] = [tracks[id - 1]!, tracks[id]!];
    const order =
      compareNullable(a.title, b.title, compareBytes) ||
      compareNullable(a.artistId, b.artistId, (x, y) => x - y) ||
      compareNullable(a.url, b.url, compareBytes);
    if (order >= 0) faults.add(`track ${id} is not in order or repeated`);
  }
}

function compareNullable<T>(a: T | null, b: T | null, compare: (a: T, b: T) => number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compare(a, b);
}

/** Order of strings by their UTF-8 bytes, which is that of their code points; that of `<` is by UTF-16 units. */
export function compareBytes(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
