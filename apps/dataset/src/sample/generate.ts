import { setImmediate } from 'node:timers/promises';
import { UsageError } from '../reporting.js';
import type { RowSink } from '../rows.js';
import { ByteArena } from './byte-arena.js';
import { EVERYWHERE, inventSongs, type Catalogue } from './catalogue.js';
import { ChartRows } from './chart-rows.js';
import { Market } from './market.js';
import { publishTop, publishViral, type Edition } from './publish-chart.js';
import { Random } from './random.js';
import { SAMPLE_REGIONS, type SampleRegion } from './regions.js';

/** Size of a sample and the seed on which alone its content depends. */
export interface SampleOptions {
  /** Whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  /** 1 to the number of {@link SAMPLE_REGIONS}. */
  readonly regions: number;
  /** Chart days from 2017-01-01 on, at least 1. */
  readonly days: number;
}

const MAX_DAYS = 20_000;

/** Feeds the sample's rows to the sink, days outermost, and says after each day how many they were. Throws {@link UsageError} on sizes out of range. */
export function generateRows(options: SampleOptions, sink: RowSink, onRows?: (rows: number) => void): void {
  for (const rows of sampleDays(options, sink)) onRows?.(rows);
}

/** As {@link generateRows}, but lets other work run between days and stops with the signal's reason when that is aborted. */
export async function streamRows(
  options: SampleOptions,
  sink: RowSink,
  onDay: (rows: number) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (const rows of sampleDays(options, sink)) {
    await onDay(rows);
    await setImmediate();
    signal.throwIfAborted();
  }
}

/** Rows that a sample of this size has at most: 200 and 50 a region and day. */
export function mostRows({ regions, days }: SampleOptions): number {
  return regions * days * 250;
}

function* sampleDays(options: SampleOptions, sink: RowSink): Generator<number, void> {
  checkSize(options);
  const regions = SAMPLE_REGIONS.slice(0, options.regions);
  const arena = new ByteArena();
  const songs = inventSongs(Random.seeded(options.seed, 0), arena, regions, options.days);
  const names = regions.map(({ name }) => name);
  const rows = new ChartRows(arena, songs, names, options.days, sink);
  const random = Random.seeded(options.seed, 1);
  const markets = regions.map((_, region) => new Market(songs, Random.seeded(options.seed, 2 + region)));
  for (let song = 0; song < songs.backlog; song++) release(song, songs, regions, markets, random, true);
  sink.open({});
  let song = songs.backlog;
  for (let day = 0; day < options.days; day++) {
    const before = rows.rows;
    for (; song < (songs.releasedByDay[day] ?? 0); song++) release(song, songs, regions, markets, random, false);
    for (const [index, market] of markets.entries()) {
      market.nextDay();
      const edition: Edition = { day, days: options.days, index, regions, market, random, rows };
      publishTop(edition);
      publishViral(edition);
    }
    yield rows.rows - before;
  }
}

/** Brings a song to the markets in which it is heard. */
function release(
  song: number,
  songs: Catalogue,
  regions: readonly SampleRegion[],
  markets: readonly Market[],
  random: Random,
  risen: boolean,
): void {
  const home = songs.homes[song] ?? EVERYWHERE;
  if (home === EVERYWHERE) {
    for (const [index, market] of markets.entries()) {
      if (index === 0 || random.chance(0.6)) market.enter(song, 0.55 + 0.6 * random.unit(), risen);
    }
    return;
  }
  markets[home]?.enter(song, 1, risen);
  const abroad = random.below(markets.length);
  if (abroad !== home && abroad > 0 && random.chance(0.25)) markets[abroad]?.enter(song, 0.7, risen);
  const worldwide = (regions[home]?.thousands ?? 0) / 210;
  if (home > 0 && worldwide * (songs.strengths[song] ?? 0) > 0.6) markets[0]?.enter(song, worldwide, risen);
}

function checkSize({ seed, regions, days }: SampleOptions): void {
  check('seed', seed, 0, 0xffff_ffff);
  check('regions', regions, 1, SAMPLE_REGIONS.length);
  check('days', days, 1, MAX_DAYS);
}

function check(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new UsageError(`--${name} ${value}: expected a whole number from ${least} to ${most}.`);
  }
}
