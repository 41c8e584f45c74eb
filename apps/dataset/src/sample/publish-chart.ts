import { NO_STREAMS, trendOf, type ChartRows } from './chart-rows.js';
import type { Market, Ranking } from './market.js';
import type { Random } from './random.js';
import type { SampleRegion } from './regions.js';

/** A region's charts of one day, about to be written. */
export interface Edition {
  /** Index of the day, and how many there are. */
  readonly day: number;
  readonly days: number;
  /** Index of the region. */
  readonly index: number;
  readonly regions: readonly SampleRegion[];
  readonly market: Market;
  readonly random: Random;
  readonly rows: ChartRows;
}

/** Streams by day of the week from Sunday on (2017-01-01 was one), relative to an average day. */
const WEEK = [0.9, 0.96, 0.97, 0.99, 1.01, 1.12, 1.05] as const;
/** The region with many missing days, and the one whose streams are unknown in the beginning. */
const GAPPY_REGION = 4;
const LATE_STREAMS_REGION = 9;

/** Writes the region's top200 unless it is missing that day. */
export function publishTop(edition: Edition): void {
  const { market, random, rows, day, index } = edition;
  const size = Math.min(chartSize(edition), market.size);
  if (isMissing(edition) || size === 0) return;
  const unknown = streamsUnknown(edition);
  const perLevel = (edition.regions[index]?.thousands ?? 1) * 1000 * (1 + day * 0.0004) * (WEEK[day % 7] ?? 1);
  rows.begin(day, index, 0);
  let before = 0;
  publish(edition, market.top, size, (place) => {
    if (unknown) return NO_STREAMS;
    const roll = random.below(4096);
    if (roll === 0) return NO_STREAMS;
    const streams = Math.floor((market.top.scores[place] ?? 0) * perLevel);
    before = roll < 16 && before > 0 ? before : roll < 40 ? Math.floor(streams * 1.04) : streams;
    return before;
  });
}

/** Writes the region's viral50 unless it is missing that day; it has no streams. */
export function publishViral(edition: Edition): void {
  const { market, random, rows, day, index } = edition;
  const size = Math.min(random.chance(0.05) ? 50 - random.below(20) : 50, market.size);
  if (isMissing(edition) || size === 0) return;
  rows.begin(day, index, 1);
  publish(edition, market.viral, size, () => NO_STREAMS);
}

/** Writes a chart; one in a few hundred has a row twice, a song at two ranks or two songs at one rank. */
function publish(edition: Edition, ranking: Ranking, size: number, streamsOf: (place: number) => number): void {
  const { market, random, rows } = edition;
  const { order, ranksBefore, published } = ranking;
  const oddity = random.below(300);
  const at = 1 + random.below(size);
  for (let rank = 1; rank <= size; rank++) {
    const repeated = oddity === 1 && rank === size && at < size;
    const place = order[repeated ? at - 1 : rank - 1] ?? 0;
    const shownRank = oddity === 2 && rank === at && rank > 1 ? rank - 1 : rank;
    rows.add(market.songs[place] ?? 0, shownRank, trendOf(rank, ranksBefore[place] ?? 0, published), streamsOf(place));
    if (oddity === 0 && rank === at) rows.again();
  }
  for (let i = 0; i < market.size; i++) ranksBefore[order[i] ?? 0] = i < size ? i + 1 : 0;
  ranking.published = true;
}

/** Small countries list fewer songs, more as the years go by. */
function chartSize({ regions, index, day, random }: Edition): number {
  const thousands = regions[index]?.thousands ?? 1;
  if (thousands >= 8) return 200;
  return Math.min(200, Math.floor((34 + 18 * thousands) * (1 + day / 1100) + random.below(9)));
}

function isMissing({ day, days, index, random }: Edition): boolean {
  const missing = random.chance(index === GAPPY_REGION ? 0.1 : 0.004);
  return missing || day < firstDay(index, days);
}

/** Every ninth country joined later. */
function firstDay(index: number, days: number): number {
  return index % 9 === 6 ? Math.floor(days * (0.1 + (index % 5) * 0.15)) : 0;
}

/** The last of several regions never has streams, one only after a third of the days, all others lack a day now and then. */
function streamsUnknown({ regions, index, day, days, random }: Edition): boolean {
  const lost = random.chance(0.001);
  if (regions.length >= 3 && index === regions.length - 1) return true;
  return lost || (index === LATE_STREAMS_REGION && day * 3 < days);
}
