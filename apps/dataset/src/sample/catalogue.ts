import type { ByteArena } from './byte-arena.js';
import { artistName, trackTitle } from './names.js';
import type { Random } from './random.js';
import type { SampleRegion } from './regions.js';

/** `home` of a song that is heard everywhere. */
export const EVERYWHERE = -1;
/** Songs a region starts with, and songs that all regions start with. */
const LOCAL_BACKLOG = 130;
const SHARED_BACKLOG = 150;
const LOCAL_RELEASES_PER_REGION_DAY = 1.36;
/** Artists a region starts with; fewer would give the very first ones most of its songs. */
const FIRST_ARTISTS = 30;

const URL_PREFIX = 'https://open.spotify.com/track/';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** All songs of a sample, by id in the order of their release; texts are offsets into the arena, empty where start = end. */
export interface Catalogue {
  readonly titleStarts: Int32Array;
  readonly titleEnds: Int32Array;
  readonly artistStarts: Int32Array;
  readonly artistEnds: Int32Array;
  readonly urlStarts: Int32Array;
  readonly urlEnds: Int32Array;
  /** Index of the region whose song it is, or {@link EVERYWHERE}. */
  readonly homes: Int16Array;
  /** Popularity at its best, in streams of a song that just enters a chart. */
  readonly strengths: Float64Array;
  /** What a day leaves of the popularity. */
  readonly decays: Float64Array;
  /** Songs with lower ids are out by the end of the day, by day; the songs before the first day's are the backlog. */
  readonly releasedByDay: Int32Array;
  readonly backlog: number;
}

/** Invents the songs of so many days in these regions and puts their texts into the arena. */
export function inventSongs(
  random: Random,
  arena: ByteArena,
  regions: readonly SampleRegion[],
  days: number,
): Catalogue {
  const locals = Math.max(1, regions.length - 1);
  const sharedPerDay = 4 + 0.06 * regions.length;
  const perDay = locals * LOCAL_RELEASES_PER_REGION_DAY + sharedPerDay;
  const backlog = SHARED_BACKLOG + LOCAL_BACKLOG * locals;
  const catalogue = emptyCatalogue(backlog + Math.ceil(perDay * days), days, backlog);
  const artists = new Artists(random, regions);
  const texts = new Texts(random, arena, catalogue);
  for (let id = 0; id < catalogue.homes.length; id++) {
    const odd = id % 997 >= 17 && id % 997 <= 19;
    const shared = !odd && random.chance(id < backlog ? SHARED_BACKLOG / backlog : sharedPerDay / perDay);
    const home = shared ? EVERYWHERE : regions.length === 1 ? 0 : 1 + random.below(regions.length - 1);
    if (id % 499 === 7) {
      texts.repeat(id);
      continue;
    }
    catalogue.homes[id] = home;
    const strength = Math.min(16, 1 / Math.sqrt(random.unit() + 1e-9)) * (shared ? 1.25 : 1);
    catalogue.strengths[id] = odd ? 4 : strength;
    const quick = random.unit();
    catalogue.decays[id] = 1 - (0.004 + 0.032 * quick * quick);
    const script = random.chance(0.5) ? artists.scriptOf(home) : 'latin';
    const guest = random.chance(0.07) ? artists.known(home) : undefined;
    texts.write(id, trackTitle(random, script, guest), artists.credit(home, script));
  }
  for (let day = 0; day < days; day++) catalogue.releasedByDay[day] = backlog + Math.floor(perDay * (day + 1));
  return catalogue;
}

function emptyCatalogue(songs: number, days: number, backlog: number): Catalogue {
  return {
    titleStarts: new Int32Array(songs),
    titleEnds: new Int32Array(songs),
    artistStarts: new Int32Array(songs),
    artistEnds: new Int32Array(songs),
    urlStarts: new Int32Array(songs),
    urlEnds: new Int32Array(songs),
    homes: new Int16Array(songs),
    strengths: new Float64Array(songs),
    decays: new Float64Array(songs),
    releasedByDay: new Int32Array(days),
    backlog,
  };
}

/**
 * The artists by region. Each new song is by a new artist or by the artist of an earlier song, drawn evenly from the
 * songs: the number of songs of an artist then follows a power law (H. A. Simon, Biometrika 42, 1955).
 */
class Artists {
  private readonly names = new Set<string>();
  private readonly byHome = new Map<number, string[]>();
  private readonly all: string[] = [];

  constructor(
    private readonly random: Random,
    private readonly regions: readonly SampleRegion[],
  ) {}

  scriptOf(home: number) {
    return this.regions[home]?.script ?? 'latin';
  }

  /** An artist that has a song already, preferably of this home. */
  known(home: number): string | undefined {
    const own = this.byHome.get(home);
    const names = own !== undefined && this.random.chance(0.85) ? own : this.all;
    return names.length === 0 ? undefined : this.random.pick(names);
  }

  /** The artist string of a new song: one artist, or several that work together. */
  credit(home: number, script: ReturnType<Artists['scriptOf']>): string {
    const own = this.byHome.get(home) ?? [];
    const isNew = own.length < FIRST_ARTISTS || this.random.chance(0.35);
    const lead = isNew ? this.invent(script) : (this.known(home) ?? this.invent(script));
    this.byHome.set(home, own);
    own.push(lead);
    this.all.push(lead);
    const together = this.random.below(100);
    const others = together < 16 ? 1 : together < 19 ? 2 : 0;
    let credit = lead;
    for (let i = 0; i < others; i++) {
      const other = this.known(home);
      if (other === undefined || credit.includes(other)) continue;
      credit += (this.random.chance(0.75) ? ', ' : ' & ') + other;
    }
    return credit;
  }

  private invent(script: ReturnType<Artists['scriptOf']>): string {
    for (;;) {
      const name = artistName(this.random, script);
      if (this.names.has(name)) continue;
      this.names.add(name);
      return name;
    }
  }
}

/** Puts the texts of songs into the arena, each artist string once. */
class Texts {
  private readonly artists = new Map<string, { readonly start: number; readonly end: number }>();

  constructor(
    private readonly random: Random,
    private readonly arena: ByteArena,
    private readonly catalogue: Catalogue,
  ) {}

  /** Songs 17, 18 and 19 of every 997 miss the title, the artist and the url. */
  write(id: number, title: string, artist: string): void {
    const { catalogue, arena } = this;
    if (id % 997 !== 17) {
      catalogue.titleStarts[id] = arena.add(title);
      catalogue.titleEnds[id] = arena.length;
    }
    if (id % 997 !== 18) {
      const known = this.artists.get(artist) ?? { start: arena.add(artist), end: arena.length };
      this.artists.set(artist, known);
      catalogue.artistStarts[id] = known.start;
      catalogue.artistEnds[id] = known.end;
    }
    this.writeUrl(id);
  }

  /** The song before once more under another url, as an album brings a single again. */
  repeat(id: number): void {
    const columns: readonly (number | Int32Array | Int16Array | Float64Array)[] = Object.values(this.catalogue);
    for (const column of columns) {
      if (typeof column !== 'number' && column !== this.catalogue.releasedByDay) column[id] = column[id - 1] ?? 0;
    }
    this.writeUrl(id);
  }

  private writeUrl(id: number): void {
    if (id % 997 === 19) return;
    let url = URL_PREFIX;
    for (let i = 0; i < 22; i++) url += BASE62[this.random.below(62)];
    this.catalogue.urlStarts[id] = this.arena.add(url);
    this.catalogue.urlEnds[id] = this.arena.length;
  }
}
