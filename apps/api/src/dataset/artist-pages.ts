import type { DuckDBConnection } from '@duckdb/node-api';
import { PAGE_ENTRIES, type Chart } from '#libs/catalog';
import { numbers } from '#libs/duckdb';
import type { Dictionaries } from './dictionaries.js';

/** A page to read: its key, and how many of the asked entries of the artist lie on earlier pages. */
export interface PageToRead {
  readonly key: number;
  readonly before: number;
}

/**
 * Knows of every page of every artist its first day and how many top200 entries precede it, so that the pages that hold
 * a range of an artist's entries, or a day's, are found without a query. Six bytes a page of 50 entries.
 */
export class ArtistPages {
  private constructor(
    private readonly firstDays: Uint16Array,
    private readonly top200Before: Uint32Array,
    private readonly dictionaries: Dictionaries,
  ) {}

  /** Reads the scalar columns of `artist_page`. */
  static async read(connection: DuckDBConnection, pages: number, dictionaries: Dictionaries): Promise<ArtistPages> {
    const index = new ArtistPages(new Uint16Array(pages), new Uint32Array(pages), dictionaries);
    const result = await connection.stream('SELECT page_key, first_day, top200_before FROM artist_page');
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const keys = numbers(chunk, 0, Uint32Array);
      const days = numbers(chunk, 1, Uint16Array);
      const before = numbers(chunk, 2, Uint32Array);
      for (let row = 0, { rowCount } = chunk; row < rowCount; row++) {
        index.firstDays[keys[row]!] = days[row]!;
        index.top200Before[keys[row]!] = before[row]!;
      }
    }
    return index;
  }

  /** All pages of an artist. */
  all(artistId: number): readonly number[] {
    const [first, end] = this.bounds(artistId);
    return Array.from({ length: end - first }, (_, index) => first + index);
  }

  /**
   * The pages that hold the entries `[offset, offset + limit)` of an artist, counted over both charts or over one.
   * Pages without an entry of that chart are left out; the last page may turn out to hold none.
   */
  range(artistId: number, offset: number, limit: number, chart: Chart | undefined): readonly PageToRead[] {
    const [first, end] = this.bounds(artistId);
    const before = (page: number) => this.entriesBefore(page, first, chart);
    let low = first;
    let high = end - 1;
    // The last page before which there are at most `offset` entries; only it and later ones can hold the first.
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (before(middle) <= offset) low = middle;
      else high = middle - 1;
    }
    const pages: PageToRead[] = [];
    for (let page = low; page < end && before(page) < offset + limit; page++) {
      if (page + 1 === end || before(page + 1) > before(page)) pages.push({ key: page, before: before(page) });
    }
    return pages;
  }

  /** The pages that may hold entries of a day of an artist. */
  ofDay(artistId: number, dayId: number): readonly number[] {
    const [first, end] = this.bounds(artistId);
    // The first page that begins on the day or later; the day may begin on the page before.
    let low = first;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.firstDays[middle]! < dayId) low = middle + 1;
      else high = middle;
    }
    const pages: number[] = low > first ? [low - 1] : [];
    for (let page = low; page < end && this.firstDays[page] === dayId; page++) pages.push(page);
    return pages;
  }

  private bounds(artistId: number): readonly [number, number] {
    const { artistFirstPages, artistEntries } = this.dictionaries;
    const first = artistFirstPages[artistId]!;
    return [first, first + Math.ceil(artistEntries[artistId]! / PAGE_ENTRIES)];
  }

  private entriesBefore(page: number, first: number, chart: Chart | undefined): number {
    const all = (page - first) * PAGE_ENTRIES;
    if (chart === undefined) return all;
    return chart === 'top200' ? this.top200Before[page]! : all - this.top200Before[page]!;
  }
}
