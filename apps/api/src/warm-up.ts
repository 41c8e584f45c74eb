import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { ArtistsService } from './artists/artists.service.js';
import { artistQuerySchema } from './artists/artists.schema.js';
import { CONFIG, type Config } from './config.js';
import { Dataset } from './dataset/dataset.js';
import { Listings } from './http/listings.js';
import type { Listing } from './http/answer.js';
import { Warmth } from './lifecycle/warmth.js';
import { LOG } from './logging.js';
import { rankingsQuerySchema } from './rankings/rankings.schema.js';
import { RankingsService } from './rankings/rankings.service.js';

/** Artists whose first page is made: those with the most entries. */
const ARTISTS = 100;
/** Answers made at a time before the service is ready; they share queries. */
const AT_A_TIME = 64;
/** Answers made at a time beside those that clients wait for. */
const AT_A_TIME_BESIDE = 4;

/** Makes the answers asked for most before the service is ready: each region's latest chart, the first pages of artists. */
@Injectable()
export class WarmUp implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly dataset: Dataset,
    private readonly rankings: RankingsService,
    private readonly artists: ArtistsService,
    private readonly listings: Listings,
    private readonly warmth: Warmth,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** The answers of a new version are made while it is served already. */
  onModuleInit(): void {
    this.dataset.whenReplaced(() => void this.warm(AT_A_TIME_BESIDE));
  }

  /** Ends after the time that is set at the latest; what fails is left for the first who asks. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.config.cache.warmUpMs === 0) return;
    this.warmth.begin();
    await this.warm(AT_A_TIME);
    this.warmth.end();
  }

  private async warm(atATime: number): Promise<void> {
    const { warmUpMs } = this.config.cache;
    const started = performance.now();
    const left = this.questions();
    let made = 0;
    const work = async () => {
      for (let next = left.pop(); next && performance.now() - started < warmUpMs; next = left.pop()) {
        await this.listings.prepare(next).then(
          () => made++,
          (error: unknown) => this.log.debug({ err: error }, 'warming up'),
        );
      }
    };
    await Promise.all(Array.from({ length: atATime }, work));
    this.log.debug({ answers: made, left: left.length, ms: Math.round(performance.now() - started) }, 'warmed up');
  }

  private questions(): Listing[] {
    const { regionJson, artistJson, artistEntries } = this.dataset.current.dictionaries;
    const artists = mostOf(artistEntries, ARTISTS);
    // By the very schemas of the routes, so that the defaults are the ones that requests get.
    return [
      ...artists.map((id) => this.artists.history(artistQuerySchema.parse({ artist: artistJson.get(id) }))),
      ...Array.from({ length: regionJson.length }, (_, id) =>
        this.rankings.top(rankingsQuerySchema.parse({ region: regionJson.get(id), date: 'latest' })),
      ),
    ].filter(({ keep }) => keep);
  }
}

/** Positions of the largest numbers, the largest first, so many or fewer. To sort all of 100,000 takes 30 ms of a start. */
export function mostOf(numbers: Uint32Array, count: number): number[] {
  const most: number[] = [];
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at]!;
    if (most.length === count && number <= numbers[most.at(-1)!]!) continue;
    const place = most.findIndex((other) => numbers[other]! < number);
    most.splice(place < 0 ? most.length : place, 0, at);
    if (most.length > count) most.pop();
  }
  return most;
}
