import { NO_TREND } from '#libs/catalog';
import { NO_SONG } from './chart-day.js';
import { NO_TEXT, type Intake } from './intake.js';
import { TripleInterner, type Texts } from './interner.js';

/** Values of a dictionary in their final order, each with the id under which the intake knows it. */
interface Sorted {
  /** Intake ids in order. */
  readonly ids: Uint32Array;
  /** Position of each intake id in that order. */
  readonly order: Uint32Array;
}

/**
 * Orders everything the intake has seen: texts by their bytes, tracks by (title, artist, url) with nulls last. Ids in
 * this order compare like their values and do not depend on the order of the input.
 */
export class Order {
  readonly regions: Sorted;
  readonly artists: Sorted;
  readonly tracks: Sorted;
  readonly trends: Sorted;
  /** Song, a (title, artist) pair, of each track in order; {@link NO_SONG} where one of both is null. */
  readonly songs: Uint32Array;
  /** Trend in order of each staged trend id, {@link NO_TREND} staying itself. */
  readonly trendOrder = new Uint8Array(256).fill(NO_TREND);
  /** Number of songs. */
  readonly songCount: number;

  constructor(readonly intake: Intake) {
    this.regions = sortTexts(intake.regions);
    this.artists = sortTexts(intake.artists);
    this.trends = sortTexts(intake.trends);
    this.tracks = this.sortTracks();
    this.trends.order.forEach((position, id) => (this.trendOrder[id] = position));
    const songs = new TripleInterner();
    this.songs = this.tracks.ids.map((id) => {
      const [title, artist] = [intake.tracks.part(id, 0), intake.tracks.part(id, 1)];
      return title === NO_TEXT || artist === NO_TEXT ? NO_SONG : songs.intern(title, artist, 0);
    });
    this.songCount = songs.size;
  }

  private sortTracks(): Sorted {
    const { tracks, titles, urls } = this.intake;
    const titleOrder = withNull(sortTexts(titles).order);
    const artistOrder = withNull(this.artists.order);
    const urlOrder = withNull(sortTexts(urls).order);
    return sortIds(
      tracks.size,
      (a, b) =>
        titleOrder(tracks.part(a, 0)) - titleOrder(tracks.part(b, 0)) ||
        artistOrder(tracks.part(a, 1)) - artistOrder(tracks.part(b, 1)) ||
        urlOrder(tracks.part(a, 2)) - urlOrder(tracks.part(b, 2)),
    );
  }
}

/** Counts the kept rows of each value, then numbers the values that have any: the ids of the serving file. */
export class Dictionaries {
  private readonly trackUses: Uint32Array;
  private readonly regionUses: Uint32Array;
  private readonly trendUses = new Uint32Array(256);
  private readonly dayUses = new Uint32Array(65536);

  constructor(readonly order: Order) {
    this.trackUses = new Uint32Array(order.tracks.ids.length);
    this.regionUses = new Uint32Array(order.regions.ids.length);
  }

  /** Counts a kept row; ids are those of {@link Order}, the day is in days since 1970-01-01. */
  use(day: number, regionId: number, trackId: number, trendId: number): void {
    this.dayUses[day]!++;
    this.regionUses[regionId]!++;
    this.trackUses[trackId]!++;
    this.trendUses[trendId]!++;
  }

  /** Counted rows whose title, artist or url is null. */
  nulls(): { readonly titles: number; readonly artists: number; readonly urls: number } {
    const { intake, tracks } = this.order;
    const counts = [0, 0, 0] as [number, number, number];
    this.trackUses.forEach((uses, trackId) => {
      for (const part of [0, 1, 2] as const) {
        if (intake.tracks.part(tracks.ids[trackId]!, part) === NO_TEXT) counts[part] += uses;
      }
    });
    return { titles: counts[0], artists: counts[1], urls: counts[2] };
  }

  /** Numbers what is used. */
  finish(): FinalIds {
    const { intake, artists, tracks } = this.order;
    const artistUses = new Uint32Array(artists.ids.length);
    const artistOf = (trackId: number) => {
      const artist = intake.tracks.part(tracks.ids[trackId]!, 1);
      return artist === NO_TEXT ? NO_TEXT : artists.order[artist]!;
    };
    this.trackUses.forEach((uses, trackId) => {
      const artist = artistOf(trackId);
      if (uses > 0 && artist !== NO_TEXT) artistUses[artist]! += uses;
    });
    const used = {
      regions: compact(this.regionUses),
      days: compact(this.dayUses),
      trends: compact(this.trendUses.subarray(0, NO_TREND)),
      artists: compact(artistUses),
      tracks: compact(this.trackUses),
    };
    const artistIds = used.tracks.kept.map((trackId) => {
      const artist = artistOf(trackId);
      return artist === NO_TEXT ? NO_TEXT : used.artists.ids[artist]!;
    });
    return new FinalIds(
      this.order,
      used,
      artistIds,
      used.artists.kept.map((artist) => artistUses[artist]!),
    );
  }
}

interface Compacted {
  /** Old ids that are used, ascending. */
  readonly kept: Uint32Array;
  /** New id of each old one. */
  readonly ids: Uint32Array;
}

/** The dictionaries of the serving file: for each id its value, and for each id of {@link Order} the final one. */
export class FinalIds {
  constructor(
    private readonly order: Order,
    readonly used: Readonly<Record<'regions' | 'days' | 'trends' | 'artists' | 'tracks', Compacted>>,
    /** Artist of each track, {@link NO_TEXT} where it is null. */
    readonly artistOfTrack: Uint32Array,
    /** Entries of each artist. */
    readonly artistEntries: Uint32Array,
  ) {}

  /** UTF-8 name of a region. */
  regionName(id: number): Uint8Array {
    return this.order.intake.regions.bytes(this.order.regions.ids[this.used.regions.kept[id]!]!);
  }

  /** UTF-8 name of an artist. */
  artistName(id: number): Uint8Array {
    return this.order.intake.artists.bytes(this.order.artists.ids[this.used.artists.kept[id]!]!);
  }

  /** UTF-8 name of a trend. */
  trendName(id: number): Uint8Array {
    return this.order.intake.trends.bytes(this.order.trends.ids[this.used.trends.kept[id]!]!);
  }

  /** UTF-8 title of a track, or null. */
  title(id: number): Uint8Array | null {
    return this.trackText(id, 0, this.order.intake.titles);
  }

  /** UTF-8 url of a track, or null. */
  url(id: number): Uint8Array | null {
    return this.trackText(id, 2, this.order.intake.urls);
  }

  private trackText(id: number, part: 0 | 2, texts: Texts): Uint8Array | null {
    const text = this.order.intake.tracks.part(this.order.tracks.ids[this.used.tracks.kept[id]!]!, part);
    return text === NO_TEXT ? null : texts.bytes(text);
  }
}

function compact(uses: Uint32Array): Compacted {
  const ids = new Uint32Array(uses.length);
  const kept: number[] = [];
  uses.forEach((count, id) => {
    if (count > 0) ids[id] = kept.push(id) - 1;
  });
  return { kept: Uint32Array.from(kept), ids };
}

function sortTexts(texts: Texts): Sorted {
  const bytes = Array.from({ length: texts.size }, (_, id) => texts.bytes(id));
  return sortIds(texts.size, (a, b) => Buffer.compare(bytes[a]!, bytes[b]!));
}

function sortIds(count: number, compare: (a: number, b: number) => number): Sorted {
  const ids = Uint32Array.from({ length: count }, (_, id) => id).sort(compare);
  const order = new Uint32Array(count);
  ids.forEach((id, position) => (order[id] = position));
  return { ids, order };
}

function withNull(order: Uint32Array): (id: number) => number {
  return (id) => (id === NO_TEXT ? NO_TEXT : order[id]!);
}
