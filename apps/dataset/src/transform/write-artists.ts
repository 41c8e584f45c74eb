import type { DuckDBConnection } from '@duckdb/node-api';
import { CHARTS, LISTED_ARTIST_ENTRIES, listKeys, PAGE_ENTRIES, TOP_LIST_ENTRIES } from '#libs/catalog';
import type { Phase } from '../reporting.js';
import { EntryColumns, NO_STREAMS, regionsOf } from '#libs/serving';
import { ascending } from './ascending.js';
import { EntryListWriter } from './entry-list-writer.js';
import type { PlacedEntries } from './placed-entries.js';
import { streamsDescending } from './top-list.js';
import { turn } from './turn.js';

const TOP200 = CHARTS.indexOf('top200');

/** Writes the pages and the top lists of all artists from the entries that the charts' pass left. */
export class ArtistsPass {
  /** First page of each artist. */
  readonly firstPages: Uint32Array;
  private readonly listed = new EntryColumns();
  private readonly inRegion: EntryColumns[];

  private constructor(
    private readonly pages: EntryListWriter,
    private readonly lists: EntryListWriter,
    private readonly keys: ReturnType<typeof listKeys>,
    artists: number,
    regions: number,
  ) {
    this.firstPages = new Uint32Array(artists);
    this.inRegion = Array.from({ length: regions }, () => new EntryColumns());
  }

  /** Runs the pass over all that is placed. Throws the signal's reason when it is aborted. */
  static async run(
    connection: DuckDBConnection,
    placed: PlacedEntries,
    lists: EntryListWriter,
    counts: { readonly artists: number; readonly regions: number; readonly days: number },
    { phase, signal }: { readonly phase: Phase; readonly signal: AbortSignal },
  ): Promise<{ readonly firstPages: Uint32Array; readonly pages: number }> {
    const pages = await EntryListWriter.create(connection, 'artist_page');
    const keys = listKeys(counts.regions, counts.days);
    const pass = new ArtistsPass(pages, lists, keys, counts.artists, counts.regions);
    const take = (artist: number, entries: EntryColumns) => pass.take(artist, entries);
    for (const entries of placed.byArtist(take)) {
      phase.advance(entries);
      await turn(signal);
    }
    pages.close();
    return { firstPages: pass.firstPages, pages: pages.rows };
  }

  private take(artist: number, entries: EntryColumns): void {
    this.writePages(artist, entries);
    if (entries.length > LISTED_ARTIST_ENTRIES) this.writeLists(artist, entries);
  }

  private writePages(artist: number, entries: EntryColumns): void {
    this.firstPages[artist] = this.pages.rows;
    let top200Before = 0;
    for (let start = 0; start < entries.length; start += PAGE_ENTRIES) {
      const end = Math.min(start + PAGE_ENTRIES, entries.length);
      const [low, high] = regionsOf(entries, start, end);
      this.pages.add([this.pages.rows, entries.days[start]!, top200Before, low, high], entries, start, end);
      for (let index = start; index < end; index++) if (entries.chartIds[index] === TOP200) top200Before++;
    }
  }

  private writeLists(artist: number, entries: EntryColumns): void {
    const { listed, inRegion } = this;
    listed.length = 0;
    for (const index of orderByStreams(entries)) {
      if (listed.length < TOP_LIST_ENTRIES) listed.push(entries, index);
      const region = inRegion[entries.regionIds[index]!]!;
      if (region.length < TOP_LIST_ENTRIES) region.push(entries, index);
    }
    this.lists.add([this.keys.artist(artist)], listed, 0, listed.length);
    inRegion.forEach((region, regionId) => {
      if (region.length === 0) return;
      this.lists.add([this.keys.artistRegion(artist, regionId)], region, 0, region.length);
      region.length = 0;
    });
  }
}

/**
 * Indexes of one artist's entries, most streams first. The entries come ordered by day, region, chart and rank by region,
 * so that those of equal streams are in the order of compareByStreams as they stand.
 */
function orderByStreams(entries: EntryColumns): Iterable<number> {
  return ascending(streamsDescending(entries), NO_STREAMS);
}
