/**
 * The serving file, format {@link FORMAT_VERSION}: one DuckDB file in which every question of the API is the look-up
 * of a few rows by a unique key. Ids count from 0 in the order of the sorted values, so comparing ids compares values:
 * regions and artists by the bytes of their names, tracks by (title, artist, url) with nulls last, days ascending.
 */
export const FORMAT_VERSION = 2;

/** The charts of the export, in the order of their ids. */
export const CHARTS = ['top200', 'viral50'] as const;
/** A chart's name in the export and in the API. */
export type Chart = (typeof CHARTS)[number];

/** Entries in one row of `artist_page`; the last page of an artist may hold fewer. */
export const PAGE_ENTRIES = 50;
/** Entries in one row of `top_list`: as many as `/tracks` answers. */
export const TOP_LIST_ENTRIES = 200;
/**
 * An artist with more entries than this has rows in `top_list`, one for all regions and one for each; for the others
 * the API reads all pages (at most 20) and sorts.
 */
export const LISTED_ARTIST_ENTRIES = 1000;

/** The trend id of an entry whose trend is empty in the source; the others count from 0. */
export const NO_TREND = 127;

/**
 * Statements that create the tables of an empty serving file, by table name.
 *
 * `chart`: a row per chart day, its entries ordered by rank by region, rank, track. `artist_page`: an artist's entries
 * ordered by day, region, chart, rank by region, track, {@link PAGE_ENTRIES} a row, pages of one artist in a row
 * (`artist.first_page`); `first_day` is the day id of the page's first entry, `top200_before` the artist's entries
 * of the chart top200 on earlier pages; `regions_low` and `regions_high` have a bit for each region of the page's entries,
 * that of region_id modulo 64. `top_list`: entries with the most streams, most first (then day, region,
 * chart, rank by region, track), see {@link listKeys}. Entries that are equal in all of these, which takes a track
 * without title or artist, follow by rank, streams (most first), trend. `days` hold day indexes (`day.day_id`).
 */
export const TABLES = {
  region: `CREATE TABLE region (region_id USMALLINT NOT NULL, name VARCHAR NOT NULL, average_streams DOUBLE)`,
  day: `CREATE TABLE day (day_id USMALLINT NOT NULL, date DATE NOT NULL)`,
  trend: `CREATE TABLE trend (trend_id UTINYINT NOT NULL, name VARCHAR NOT NULL)`,
  artist: `CREATE TABLE artist (artist_id UINTEGER NOT NULL, name VARCHAR NOT NULL, entries UINTEGER NOT NULL, first_page UINTEGER NOT NULL)`,
  track: `CREATE TABLE track (track_id UINTEGER NOT NULL, title VARCHAR, artist_id UINTEGER, url VARCHAR)`,
  chart: `CREATE TABLE chart (chart_key UINTEGER NOT NULL, entries BLOB NOT NULL)`,
  artist_page: `CREATE TABLE artist_page (page_key UINTEGER NOT NULL, first_day USMALLINT NOT NULL, top200_before UINTEGER NOT NULL, regions_low UINTEGER NOT NULL, regions_high UINTEGER NOT NULL, entries BLOB NOT NULL)`,
  top_list: `CREATE TABLE top_list (list_key UINTEGER NOT NULL, entries BLOB NOT NULL)`,
} as const;

/** Statements that create the unique indexes through which the API reads, run after the tables are filled. */
export const INDEXES = [
  'CREATE UNIQUE INDEX chart_key ON chart (chart_key)',
  'CREATE UNIQUE INDEX page_key ON artist_page (page_key)',
  'CREATE UNIQUE INDEX list_key ON top_list (list_key)',
] as const;

/** Key of a chart day: days outermost, so a new day's charts lie together at the end of the table. */
export function chartKey(regions: number, dayId: number, regionId: number, chartId: number): number {
  return (dayId * regions + regionId) * CHARTS.length + chartId;
}

/** Keys of `top_list` for a dataset of so many regions and days: everything, one day, one region, one artist, an artist in a region. */
export function listKeys(regions: number, days: number) {
  const artists = 1 + days + regions;
  return {
    all: 0,
    day: (dayId: number) => 1 + dayId,
    region: (regionId: number) => 1 + days + regionId,
    artist: (artistId: number) => artists + artistId * (regions + 1),
    artistRegion: (artistId: number, regionId: number) => artists + artistId * (regions + 1) + 1 + regionId,
  } as const;
}
