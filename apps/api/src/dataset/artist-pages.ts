import type { DuckDBConnection } from '@duckdb/node-api';
import { PAGE_ENTRIES, type Chart } from '#libs/catalog';
import { numbers } from '#libs/duckdb';
import { regionBit } from '#libs/serving';
import type { Dictionaries } from './dictionaries.js';

/** A page to read: its key, and how many of the asked entries of the artist lie on earlier pages. */
export interface PageToRead {
  readonly key: number;
  readonly before: number;
}

/**
 * Knows of every page of every artist its first day, its regions and how many top200 entries precede it, so that the pages
 * that hold a range of an artist's entries, or those of a day or a region, are found without a query. 14 bytes a page of 50 entries.
 */
export class ArtistPages {
  private constructor(
    private readonly firstDays: Uint16Array,
    private readonly top200Before: Uint32Array,
    /** Of page i the low bits at 2i, the high ones behind them, see {@link RegionBits}. */
    private readonly regions: Uint32Array,
    private readonly dictionaries: Dictionaries,
  ) {}

  /** Reads the scalar columns of `artist_page`. */
  static async read(connection: DuckDBConnection, pages: number, dictionaries: Dictionaries): Promise<ArtistPages> {
    const columns = [new Uint16Array(pages), new Uint32Array(pages), new Uint32Array(2 * pages)] as const;
    const index = new ArtistPages(...columns, dictionaries);
    const result = await connection.stream(
      'SELECT page_key, first_day, top200_before, regions_low, regions_high FROM artist_page',
    );
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const keys = numbers(chunk, 0, Uint32Array);
      const days = numbers(chunk, 1, Uint16Array);
      const before = numbers(chunk, 2, Uint32Array);
      const [low, high] = [numbers(chunk, 3, Uint32Array), numbers(chunk, 4, Uint32Array)];
      for (let row = 0, { rowCount } = chunk; row < rowCount; row++) {
        const key = keys[row]!;
        index.firstDays[key] = days[row]!;
        index.top200Before[key] = before[row]!;
        index.regions[2 * key] = low[row]!;
        index.regions[2 * key + 1] = high[row]!;
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

  /** Those of some pages that may hold entries of a region. */
  inRegion(pages: readonly number[], regionId: number): readonly number[] {
    const [low, high] = regionBit(regionId);
    const { regions } = this;
    return pages.filter((page) => (regions[2 * page]! & low) !== 0 || (regions[2 * page + 1]! & high) !== 0);
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
