import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer, until } from '../../apps/api/src/cache/testing/redis-server.js';
import { RunningService } from '../setup/running-service.js';
import { ComparedRequests } from './compared-requests.js';

/** Name of a metric and what its labels hold. */
export type Sample = readonly [name: string, labels: string];

const REQUESTS_PER_SECOND = 200;
const WARM_UP_MS = 1500;
/** Paths that Redis soon has. */
const POOLED = 360;
const RECOVERED_WITHIN_MS = 20_000;
/** User of the services, so that what is done to it leaves the tests their way in. */
const USER = 'charts';
const PASSWORD = 'sesame';

/** The state of a breaker as a sample of the metrics. */
export function breaker(operation: 'get' | 'set', state = 'open'): Sample {
  return ['cache_breaker_state', `operation="${operation}",state="${state}"`];
}

/** A service that keeps nothing in memory, so that it asks its Redis for every answer, and the same one without a Redis. */
export class RedisPair {
  private turn = 0;

  private constructor(
    readonly redis: RedisServer,
    readonly service: RunningService,
    private readonly reference: RunningService,
    private readonly lists: readonly string[],
  ) {}

  /** Starts both; the Redis does not run yet. `through` makes the port where the service looks for it of its own. */
  static async start(through: (port: number) => Promise<number> = (port) => Promise.resolve(port)): Promise<RedisPair> {
    const user = [USER, 'on', `>${PASSWORD}`, '~*', '&*', '+@all'];
    const redis = await RedisServer.at({ user });
    const url = `redis://${USER}:${PASSWORD}@127.0.0.1:${await through(redis.port)}`;
    const settings = {
      ...{ CACHE_L1_MAX_BYTES: '0', CACHE_WARM_UP_MS: '0', LOG_REQUEST_SAMPLE: '0' },
      // A machine that has too much else to do is no fault of Redis.
      ...{ SHED_WAIT_MS: '0', DUCKDB_MAX_QUEUED: '10000' },
    };
    const [service, reference] = await Promise.all([
      RunningService.start({ ...settings, REDIS_URL: url }),
      RunningService.start(settings),
    ]);
    const pair = new RedisPair(redis, service, reference, await listsOf(reference));
    await pair.warmUp();
    return pair;
  }

  async stop(): Promise<void> {
    await Promise.all([this.service.stop(), this.reference.stop()]);
    await this.redis.remove();
  }

  /** What a process does slowly the first time is no fault of a Redis. */
  private async warmUp(): Promise<void> {
    const requests = this.requests(this.mixed);
    await sleep(WARM_UP_MS);
    await requests.stop();
  }

  /** Starts to send paths, {@link pooled} or {@link mixed}, to both. */
  requests(path: () => string): ComparedRequests {
    const [port, referencePort] = [this.service.port, this.reference.port];
    return new ComparedRequests({ port, referencePort, requestsPerSecond: REQUESTS_PER_SECOND, path });
  }

  /** A path of a few hundred, with limits up to as many, in turn. */
  readonly pooled = (): string => {
    const turn = this.turn++ % POOLED;
    const form = ['', '', '&format=csv', '&format=ndjson'][turn % 4]!;
    return `${this.lists[turn % this.lists.length]}&limit=${1 + turn}${form}`;
  };

  /** Every second time a path that was not asked for before, thousands of times. */
  readonly mixed = (): string => {
    if (this.turn % 2 === 0) return this.pooled();
    const turn = this.turn++;
    const limit = POOLED + 1 + (Math.floor(turn / this.lists.length) % (1000 - POOLED));
    return `${this.lists[turn % this.lists.length]}&limit=${limit}`;
  };

  /** Gives the service the password that the Redis does not take any more, or does again, and has it come in anew. */
  async lock(password: string = PASSWORD): Promise<void> {
    await this.redis.run(
      ['ACL', 'SETUSER', USER, 'resetpass', `>${password}`],
      ['CLIENT', 'KILL', 'USER', USER, 'SKIPME', 'yes'],
    );
  }

  unlock(): Promise<void> {
    return this.lock(PASSWORD);
  }

  /** Resolves when more answers than `hits` came from Redis and the breaker is closed. */
  async works(hits: number, operation: 'get' | 'set' = 'get'): Promise<void> {
    await until(
      'answers come from Redis',
      async () => (await this.hits()) > hits && (await this.service.metric(...breaker(operation, 'closed'))) === 1,
      RECOVERED_WITHIN_MS,
    );
  }

  /** Answers that came from Redis. */
  hits(): Promise<number> {
    return this.service.metric('cache_requests_total', 'outcome="l2"');
  }
}

/** Paths of charts, one for each region and day, and of artists; each ends so that a parameter can be added. */
async function listsOf({ port }: RunningService): Promise<readonly string[]> {
  const response = await fetch(`http://127.0.0.1:${port}/filters`);
  const { regions, dates, artists } = (await response.json()) as Readonly<Record<string, readonly string[]>>;
  const charts = regions!.flatMap((region) =>
    dates!.map((date) => `/rankings?region=${encodeURIComponent(region)}&date=${date}`),
  );
  const ofArtists = artists!.slice(0, 7).map((artist) => `/artist?artist=${encodeURIComponent(artist)}`);
  return [...charts, ...ofArtists];
}
