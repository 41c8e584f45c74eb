import type { DuckDBDataChunk } from '@duckdb/node-api';
import { CHARTS, LISTED_ARTIST_ENTRIES, listKeys, PAGE_ENTRIES, TOP_LIST_ENTRIES } from '#libs/catalog';
import { numbers } from '#libs/duckdb';
import type { Phase } from '../reporting.js';
import { compareByStreams, EntryColumns } from '#libs/serving';
import { EntryListWriter } from './entry-list-writer.js';
import type { Connections } from './write-serving-file.js';

const TOP200 = CHARTS.indexOf('top200');
/** Entries up to which (streams, index) fits in the 53 bits of a number: 32 + 21. */
const PACKED_ENTRIES = 2 ** 21;

/** Writes the pages and the top lists of all artists from the entries staged by the charts' pass. */
export class ArtistsPass {
  /** First page of each artist. */
  readonly firstPages: Uint32Array;
  private readonly entries = new EntryColumns();
  private readonly listed = new EntryColumns();
  private readonly inRegion: EntryColumns[];
  private artist = -1;

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

  /** Runs the pass over the table `placed`. */
  static async run(
    { read, write }: Connections,
    lists: EntryListWriter,
    counts: { readonly artists: number; readonly regions: number; readonly days: number },
    phase: Phase,
  ): Promise<{ readonly firstPages: Uint32Array; readonly pages: number }> {
    const pages = await EntryListWriter.create(write, 'artist_page');
    const keys = listKeys(counts.regions, counts.days);
    const pass = new ArtistsPass(pages, lists, keys, counts.artists, counts.regions);
    const result = await read.stream('SELECT * EXCLUDE (seq) FROM placed ORDER BY (artist::UBIGINT << 32) | seq');
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      pass.take(chunk);
      phase.advance(chunk.rowCount);
    }
    pass.end();
    pages.close();
    return { firstPages: pass.firstPages, pages: pages.rows };
  }

  private take(chunk: DuckDBDataChunk): void {
    const artists = numbers(chunk, 0, Uint32Array);
    const [days, regions, charts] = [
      numbers(chunk, 1, Uint16Array),
      numbers(chunk, 2, Uint16Array),
      numbers(chunk, 3, Uint8Array),
    ];
    const [tracks, ranks] = [numbers(chunk, 4, Uint32Array), numbers(chunk, 5, Uint16Array)];
    const [byRegion, streams, trends] = [
      numbers(chunk, 6, Uint16Array),
      numbers(chunk, 7, Uint32Array),
      numbers(chunk, 8, Uint8Array),
    ];
    const { entries } = this;
    const { rowCount } = chunk;
    for (let row = 0; row < rowCount; row++) {
      if (artists[row] !== this.artist) {
        this.end();
        this.artist = artists[row]!;
      }
      const at = entries.length++;
      if (at === entries.days.length) entries.reserve(at + 1);
      entries.days[at] = days[row]!;
      entries.regionIds[at] = regions[row]!;
      entries.chartIds[at] = charts[row]!;
      entries.trackIds[at] = tracks[row]!;
      entries.ranks[at] = ranks[row]!;
      entries.ranksByRegion[at] = byRegion[row]!;
      entries.streams[at] = streams[row]!;
      entries.trendIds[at] = trends[row]!;
    }
  }

  private end(): void {
    if (this.entries.length === 0) return;
    this.writePages();
    if (this.entries.length > LISTED_ARTIST_ENTRIES) this.writeLists();
    this.entries.length = 0;
  }

  private writePages(): void {
    const { entries } = this;
    this.firstPages[this.artist] = this.pages.rows;
    let top200Before = 0;
    for (let start = 0; start < entries.length; start += PAGE_ENTRIES) {
      const end = Math.min(start + PAGE_ENTRIES, entries.length);
      this.pages.add([this.pages.rows, entries.days[start]!, top200Before], entries, start, end);
      for (let index = start; index < end; index++) if (entries.chartIds[index] === TOP200) top200Before++;
    }
  }

  private writeLists(): void {
    const { entries, listed, inRegion } = this;
    listed.length = 0;
    for (const index of orderByStreams(entries)) {
      if (listed.length < TOP_LIST_ENTRIES) listed.push(entries, index);
      const region = inRegion[entries.regionIds[index]!]!;
      if (region.length < TOP_LIST_ENTRIES) region.push(entries, index);
    }
    this.lists.add([this.keys.artist(this.artist)], listed, 0, listed.length);
    inRegion.forEach((region, regionId) => {
      if (region.length === 0) return;
      this.lists.add([this.keys.artistRegion(this.artist, regionId)], region, 0, region.length);
      region.length = 0;
    });
  }
}

/**
 * Indexes of one artist's entries by {@link compareByStreams}. The entries come ordered by day, region, chart and rank
 * by region, so sorting numbers made of (streams, index) gives that order, ten times faster than comparing.
 */
function orderByStreams(entries: EntryColumns): Iterable<number> {
  const { length } = entries;
  if (length > PACKED_ENTRIES) {
    return Uint32Array.from({ length }, (_, i) => i).sort((i, j) => compareByStreams(entries, i, entries, j));
  }
  const packed = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const descending = 0xffff_ffff - ((entries.streams[i]! + 1) >>> 0);
    packed[i] = descending * PACKED_ENTRIES + i;
  }
  return packed.sort().map((value) => value % PACKED_ENTRIES);
}
