import { CHARTS, LISTED_ARTIST_ENTRIES, listKeys, PAGE_ENTRIES, type Manifest } from '#libs/catalog';
import type { Phase } from '../reporting.js';
import { compareByStreams, compareInHistory, EntryColumns, regionsOf } from '#libs/serving';
import { NO_TEXT } from './intake.js';
import type { EntryRow, ServedDictionaries, ServingReader } from './serving-reader.js';
import { TopList } from './top-list.js';
import type { ChartSums } from './verify-charts.js';
import { EntrySums } from './verify-sums.js';
import type { Faults } from './verify-faults.js';

const TOP200 = CHARTS.indexOf('top200');

/**
 * Checks every artist's page against the dictionary and the charts' sums, and every top list against the entries. The
 * lists of everything, days and regions come first in their table, then those of the artists in order.
 */
export async function checkArtists(
  reader: ServingReader,
  served: ServedDictionaries,
  manifest: Manifest,
  sums: ChartSums,
  faults: Faults,
  phase: Phase,
): Promise<void> {
  const lists = new ListCheck(reader.topLists(), faults);
  for (let left = sums.lists.size; left > 0; left--) await lists.expectOneOf(sums.lists);
  const check = new PageCheck(served, lists, faults);
  for await (const row of reader.pages()) {
    await check.take(row);
    phase.advance(row.entries.length);
  }
  check.finish(manifest, sums);
  await lists.finish(manifest.rows.topLists);
}

/** Compares the rows of `top_list`, one after the other, with what they have to be. */
class ListCheck {
  private readonly expected = new EntryColumns();
  private count = 0;

  constructor(
    private readonly rows: AsyncGenerator<EntryRow>,
    private readonly faults: Faults,
  ) {}

  /** The next row has to be one of these lists; it is taken out of them. */
  async expectOneOf(lists: Map<number, TopList>): Promise<void> {
    const row = await this.next();
    if (!row) return this.faults.add(`${lists.size} top lists of days and regions are missing`);
    const [key] = row.scalars as [number];
    const list = lists.get(key);
    lists.delete(key);
    if (list) this.compare(row, list);
    else this.faults.add(`top list ${key} is repeated or of nothing that exists`);
  }

  /** The next row has to be this list. */
  async expect(key: number, list: TopList): Promise<void> {
    const row = await this.next();
    this.faults.expect('key of top list', row?.scalars[0] ?? 'none', key);
    if (row) this.compare(row, list);
  }

  /** No row may be left. */
  async finish(count: number): Promise<void> {
    while (await this.next());
    this.faults.expect('top lists', this.count, count);
  }

  private async next(): Promise<EntryRow | undefined> {
    const { value, done } = (await this.rows.next()) as IteratorResult<EntryRow, undefined>;
    if (!done) this.count++;
    return value;
  }

  private compare({ scalars: [key], entries }: EntryRow, list: TopList): void {
    const { expected } = this;
    expected.length = 0;
    list.drainTo(expected);
    this.faults.expect(`top list ${key}: entries`, entries.length, expected.length);
    for (let i = 0; i < Math.min(entries.length, expected.length); i++) {
      if (compareByStreams(entries, i, expected, i) !== 0) {
        return this.faults.add(`top list ${key}: entry ${i} is not the expected one`);
      }
    }
  }
}

class PageCheck {
  private readonly sums = new EntrySums();
  private readonly keys: ReturnType<typeof listKeys>;
  /** The last entry of the page before. */
  private readonly last = new EntryColumns(1);
  private readonly ofArtist = new TopList();
  private readonly ofRegion: readonly TopList[];
  private readonly artistOfTrack: Uint32Array;
  private pages = 0;
  private artist = 0;
  private taken = 0;
  private top200 = 0;

  constructor(
    private readonly served: ServedDictionaries,
    private readonly lists: ListCheck,
    private readonly faults: Faults,
  ) {
    this.keys = listKeys(served.regions.length, served.days.length);
    this.ofRegion = served.regions.map(() => new TopList());
    this.artistOfTrack = Uint32Array.from(served.tracks, ({ artistId }) => artistId ?? NO_TEXT);
  }

  async take({ scalars: [key, firstDay, top200Before, low, high], entries }: EntryRow): Promise<void> {
    const { faults, served } = this;
    const page = this.pages++;
    faults.expect('page key', key!, page);
    const artist = served.artists[this.artist];
    if (!artist) return faults.add(`page ${page} belongs to no artist`);
    if (this.taken === 0) faults.expect(`first page of artist ${this.artist}`, artist.firstPage, page);
    faults.expect(`page ${page}: first day`, firstDay!, entries.days[0]!);
    faults.expect(`page ${page}: earlier top200 entries`, top200Before!, this.top200);
    faults.expect(
      `page ${page}: bits of its regions`,
      [low, high].join(),
      regionsOf(entries, 0, entries.length).join(),
    );
    faults.expect(`page ${page}: entries`, entries.length, Math.min(PAGE_ENTRIES, artist.entries - this.taken));
    const listed = artist.entries > LISTED_ARTIST_ENTRIES;
    for (let i = 0; i < entries.length; i++) this.takeEntry(page, entries, i);
    if (entries.length > 0) this.last.put(0, entries, entries.length - 1);
    if (listed) this.offer(entries);
    this.taken += entries.length;
    if (this.taken < artist.entries) return;
    if (listed) await this.checkLists();
    this.artist++;
    this.taken = this.top200 = 0;
  }

  finish(manifest: Manifest, sums: ChartSums): void {
    this.faults.expect('artists with pages', this.artist, this.served.artists.length);
    this.faults.expect('artist pages', this.pages, manifest.rows.artistPages);
    this.faults.expect('entries on pages', this.sums.count, sums.entries.count);
    this.faults.expect('checksum of entries on pages', this.sums.hash, sums.entries.hash);
  }

  private takeEntry(page: number, entries: EntryColumns, i: number): void {
    if (this.artistOfTrack[entries.trackIds[i]!] !== this.artist) {
      return this.faults.add(`page ${page}: entry ${i} is of another artist`);
    }
    const follows = i > 0 || this.taken > 0;
    if (
      follows &&
      (i > 0 ? compareInHistory(entries, i - 1, entries, i) : compareInHistory(this.last, 0, entries, i)) >= 0
    ) {
      this.faults.add(`page ${page}: entry ${i} is not in order or repeated`);
    }
    this.sums.add(this.artist, entries, i);
    if (entries.chartIds[i] === TOP200) this.top200++;
  }

  private offer(entries: EntryColumns): void {
    this.ofArtist.offerAll(entries);
    for (let i = 0; i < entries.length; i++) this.ofRegion[entries.regionIds[i]!]?.offer(entries, i);
  }

  private async checkLists(): Promise<void> {
    await this.lists.expect(this.keys.artist(this.artist), this.ofArtist);
    for (const [regionId, list] of this.ofRegion.entries()) {
      if (list.length > 0) await this.lists.expect(this.keys.artistRegion(this.artist, regionId), list);
    }
  }
}
