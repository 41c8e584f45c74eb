import type { Catalogue } from './catalogue.js';
import type { Random } from './random.js';

/** Songs a market follows at most between two days, and has room for during a day. */
const KEPT = 440;
const ROOM = 1024;
/** Songs that fell out and may come back. */
const FORGOTTEN = 256;

/** One of a market's two charts: the order of the songs, and where each stood on the last day the chart was published. */
export interface Ranking {
  /** Places in the market, best first; {@link Market.size} of them hold. */
  readonly order: Int32Array;
  /** What the order goes by, by place. */
  readonly scores: Float64Array;
  /** Rank of the song at this place in the last published chart, 0 when it was not on it. */
  readonly ranksBefore: Int16Array;
  published: boolean;
}

/**
 * The songs that a region listens to. Each rises to its best and decays from there, with some inertia and some chance
 * from day to day, so charts change slowly, songs near the end of a chart drop out and re-enter, and a few return after long.
 */
export class Market {
  readonly top = ranking();
  readonly viral = ranking();
  /** Song at each place. */
  readonly songs = new Int32Array(ROOM);
  /** Songs followed now. */
  size = 0;

  private readonly levels = new Float64Array(ROOM);
  private readonly bests = new Float64Array(ROOM);
  private readonly rising = new Uint8Array(ROOM);
  private readonly moods = new Float64Array(ROOM);
  private readonly buzz = new Float64Array(ROOM);
  private readonly free = Int32Array.from({ length: ROOM }, (_, i) => ROOM - 1 - i);
  private readonly forgotten = new Int32Array(FORGOTTEN).fill(-1);
  private nextForgotten = 0;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly random: Random,
  ) {}

  /** Takes up a song, at so many times its own strength; without effect when the market is full. */
  enter(song: number, appeal: number, risen: boolean): void {
    if (this.size >= ROOM) return;
    const place = this.free[ROOM - 1 - this.size] ?? 0;
    const best = (this.catalogue.strengths[song] ?? 1) * appeal;
    this.songs[place] = song;
    this.bests[place] = best;
    this.levels[place] = risen ? best * (0.35 + 0.65 * this.random.unit()) : best * 0.8;
    this.rising[place] = risen ? 0 : 1 + this.random.below(7);
    this.moods[place] = 0;
    this.buzz[place] = (risen ? 0.25 : 1) / Math.sqrt(this.random.unit() + 1e-6);
    for (const { order, ranksBefore } of [this.top, this.viral]) {
      order[this.size] = place;
      ranksBefore[place] = 0;
    }
    this.size++;
  }

  /** Goes on by a day: popularity changes, both charts are put in order, songs far below them are forgotten. */
  nextDay(): void {
    if (this.random.chance(0.06)) this.recall();
    const { random, levels, bests, moods, buzz, rising, songs } = this;
    for (let i = 0; i < this.size; i++) {
      const place = this.top.order[i] ?? 0;
      const song = songs[place] ?? 0;
      if ((rising[place] ?? 0) > 0) {
        rising[place] = (rising[place] ?? 0) - 1;
        levels[place] = (levels[place] ?? 0) + ((bests[place] ?? 0) - (levels[place] ?? 0)) * 0.4;
      } else {
        levels[place] = (levels[place] ?? 0) * (this.catalogue.decays[song] ?? 1);
      }
      const mood = (moods[place] ?? 0) * 0.75 + (random.unit() - 0.5) * 0.06;
      moods[place] = mood;
      this.top.scores[place] = (levels[place] ?? 0) * (1 + mood);
      buzz[place] = (buzz[place] ?? 0) * 0.9;
      this.viral.scores[place] = (buzz[place] ?? 0) * (1 + 3 * mood);
    }
    sortByScore(this.top, this.size);
    sortByScore(this.viral, this.size);
    if (this.size > KEPT) this.forget();
  }

  private recall(): void {
    const slot = this.random.below(FORGOTTEN);
    const song = this.forgotten[slot] ?? -1;
    if (song < 0) return;
    this.forgotten[slot] = -1;
    this.enter(song, 0.4 + this.random.unit() * 0.6, false);
  }

  private forget(): void {
    for (let i = KEPT; i < this.size; i++) {
      const place = this.top.order[i] ?? 0;
      this.free[ROOM - this.size + (i - KEPT)] = place;
      this.forgotten[this.nextForgotten] = this.songs[place] ?? -1;
      this.nextForgotten = (this.nextForgotten + 1) % FORGOTTEN;
      this.songs[place] = -1;
    }
    let kept = 0;
    for (let i = 0; i < this.size; i++) {
      const place = this.viral.order[i] ?? 0;
      if ((this.songs[place] ?? -1) >= 0) this.viral.order[kept++] = place;
    }
    this.size = KEPT;
  }
}

function ranking(): Ranking {
  return {
    order: new Int32Array(ROOM),
    scores: new Float64Array(ROOM),
    ranksBefore: new Int16Array(ROOM),
    published: false,
  };
}

/** Insertion sort: the order of the day before is nearly right already. */
function sortByScore({ order, scores }: Ranking, size: number): void {
  for (let i = 1; i < size; i++) {
    const place = order[i] ?? 0;
    const score = scores[place] ?? 0;
    let at = i;
    for (; at > 0 && (scores[order[at - 1] ?? 0] ?? 0) < score; at--) order[at] = order[at - 1] ?? 0;
    order[at] = place;
  }
}
