import type { DuckDBBlobValue, DuckDBConnection, DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api';
import { CHARTS, parseDay } from '#libs/catalog';
import { ByteColumn, isValid, NativeGarbage, numbers, validityOf } from '#libs/duckdb';
import { JsonTexts, JsonUrls } from './json-texts.js';
import { NameIndex } from './name-index.js';

/** Artist of a track that has none. */
export const NO_ARTIST = 0xffff_ffff;

/** The small tables of a serving file, held in memory: what is not in them is answered without a query. */
export interface Dictionaries {
  readonly regions: NameIndex;
  readonly regionJson: JsonTexts;
  /** Mean of the known streams of each region as JSON, `null` where none is known. */
  readonly averageJson: JsonTexts;
  /** YYYY-MM-DD of each day id. */
  readonly days: readonly string[];
  readonly dayJson: JsonTexts;
  readonly chartJson: JsonTexts;
  /** Trend names, and `null` at the index {@link trendCount} that stands for none. */
  readonly trendJson: JsonTexts;
  readonly trendCount: number;
  readonly artists: NameIndex;
  readonly artistJson: JsonTexts;
  /** Entries and first page of each artist. */
  readonly artistEntries: Uint32Array;
  readonly artistFirstPages: Uint32Array;
  readonly titleJson: JsonTexts;
  readonly urls: JsonUrls;
  /** Artist of each track, {@link NO_ARTIST} where it has none. */
  readonly trackArtists: Uint32Array;
}

/** Reads the dictionaries. Throws when a table is not in the order of its ids. */
export async function readDictionaries(connection: DuckDBConnection): Promise<Dictionaries> {
  return {
    ...(await readPlaces(connection)),
    ...(await readArtists(connection)),
    ...(await readTracks(connection)),
  };
}

async function readPlaces(connection: DuckDBConnection) {
  const regions = new NameIndex();
  const [regionJson, averageJson] = [new JsonTexts(), new JsonTexts()];
  const [dayJson, trendJson] = [new JsonTexts(), new JsonTexts()];
  const days: string[] = [];
  // As bytes: made a string by DuckDB's binding, a name would lose a mark of the byte order at its beginning.
  await eachRow(connection, 'SELECT region_id, encode(name), average_streams FROM region', ([, name, average]) => {
    const { bytes } = name as DuckDBBlobValue;
    regions.pushUtf8(bytes);
    regionJson.pushUtf8(bytes);
    averageJson.pushJson(JSON.stringify(average));
  });
  await eachRow(connection, 'SELECT day_id, date::VARCHAR FROM day', ([, date]) => {
    days.push(date as string);
    dayJson.push(date as string);
  });
  await eachRow(connection, 'SELECT trend_id, encode(name) FROM trend', ([, name]) =>
    trendJson.pushUtf8((name as DuckDBBlobValue).bytes),
  );
  const trendCount = trendJson.push(null);
  const chartJson = new JsonTexts();
  for (const chart of CHARTS) chartJson.push(chart);
  return { regions: regions.seal(), regionJson, averageJson, days, dayJson, chartJson, trendJson, trendCount };
}

async function readArtists(connection: DuckDBConnection) {
  const artists = new NameIndex();
  const artistJson = new JsonTexts();
  const count = await countRows(connection, 'artist');
  const [artistEntries, artistFirstPages] = [new Uint32Array(count), new Uint32Array(count)];
  await eachChunk(connection, 'SELECT artist_id, name, entries, first_page FROM artist', (chunk, first) => {
    const names = new ByteColumn(chunk, 1);
    // Asked once: it is a call into DuckDB.
    for (let row = 0, { rowCount } = chunk; row < rowCount; row++) {
      const name = names.get(row);
      artists.pushUtf8(name);
      artistJson.pushUtf8(name);
    }
    artistEntries.set(numbers(chunk, 2, Uint32Array), first);
    artistFirstPages.set(numbers(chunk, 3, Uint32Array), first);
  });
  return { artists: artists.seal(), artistJson: artistJson.seal(), artistEntries, artistFirstPages };
}

async function readTracks(connection: DuckDBConnection) {
  const [titleJson, urls] = [new JsonTexts(), new JsonUrls()];
  const trackArtists = new Uint32Array(await countRows(connection, 'track'));
  await eachChunk(connection, 'SELECT track_id, title, artist_id, url FROM track', (chunk, first) => {
    const [titles, addresses] = [new ByteColumn(chunk, 1), new ByteColumn(chunk, 3)];
    const [hasTitle, hasArtist, hasUrl] = [1, 2, 3].map((column) => validityOf(chunk, column));
    const artists = numbers(chunk, 2, Uint32Array);
    for (let row = 0, { rowCount } = chunk; row < rowCount; row++) {
      if (isValid(hasTitle, row)) titleJson.pushUtf8(titles.get(row));
      else titleJson.push(null);
      if (isValid(hasUrl, row)) urls.pushUtf8(addresses.get(row));
      else urls.push(null);
      trackArtists[first + row] = isValid(hasArtist, row) ? artists[row]! : NO_ARTIST;
    }
  });
  urls.texts.seal();
  return { titleJson: titleJson.seal(), urls, trackArtists };
}

/** Finds the id of a day by its date in constant time. */
export class DayIndex {
  private readonly ids = new Int32Array(0x1_0000).fill(-1);

  constructor(days: readonly string[]) {
    days.forEach((date, id) => (this.ids[parseDay(date)!] = id));
  }

  /** Id of the day, or undefined when it is not in the data. */
  find(date: string): number | undefined {
    const day = parseDay(date);
    const id = day === undefined ? -1 : this.ids[day]!;
    return id < 0 ? undefined : id;
  }
}

async function countRows(connection: DuckDBConnection, table: string): Promise<number> {
  const [row] = await (await connection.run(`SELECT count(*) FROM ${table}`)).getRows();
  return Number(row![0]);
}

async function eachRow(connection: DuckDBConnection, sql: string, take: (row: DuckDBValue[]) => void): Promise<void> {
  const rows = await (await connection.run(sql)).getRows();
  rows.forEach((row, id) => {
    if (row[0] !== id) throw new Error(OUT_OF_ORDER + sql);
    take(row);
  });
}

/**
 * Takes a large table chunk by chunk, whose first row has the id that is given with it, and its columns as bytes: the
 * rows as objects would be moved to the old generation by the hundred thousand, for a process to have the room ever after.
 */
async function eachChunk(
  connection: DuckDBConnection,
  sql: string,
  take: (chunk: DuckDBDataChunk, first: number) => void,
): Promise<void> {
  let id = 0;
  const result = await connection.stream(sql);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const first = id;
    for (const rowId of numbers(chunk, 0, Uint32Array)) if (rowId !== id++) throw new Error(OUT_OF_ORDER + sql);
    take(chunk, first);
    // Chunks of texts are large, and these are the only ones that come by the hundred.
    if (id % (16 * chunk.rowCount) === 0) await NativeGarbage.collect('minor');
  }
}

const OUT_OF_ORDER = 'rows are not in the order of their ids: ';
