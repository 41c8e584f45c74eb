import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { attempt, Breaker } from '#libs/read-through';
import { WINDOW_SECONDS, type LocalReason, type Quota } from './quota.js';

/** Where limits are counted for all processes. */
export interface SharedCounts {
  /** Client of a Redis, as `rate-limiter-flexible` takes it. */
  readonly client: unknown;
  /** What the keys in it begin with; the name of the API key follows. */
  readonly keyPrefix: string;
  /** Milliseconds after which it is not waited for. */
  readonly timeoutMs: number;
  /** Told of each request that was counted locally instead. */
  readonly onLocal: (reason: LocalReason) => void;
}

const FAILURES = 5;
const RETRY_MS = 2000;

interface Limiters {
  readonly local: RateLimiterAbstract;
  readonly shared: RateLimiterAbstract | undefined;
}

/**
 * Counts requests by the name of their key, in windows of a minute that begin with the first request. In a Redis when
 * there is one, so that all processes share a limit; by this process alone while the Redis is slow, down or left alone,
 * so that it never holds up or fails a request.
 */
export class RateLimits {
  private readonly limiters = new Map<number, Limiters>();
  private readonly breaker = new Breaker({
    failures: FAILURES,
    retryMs: RETRY_MS,
    now: () => performance.now(),
    random: Math.random,
  });

  constructor(private readonly shared: SharedCounts | undefined) {}

  /** Counts a request. Never rejects. */
  async take(name: string, limit: number): Promise<Quota> {
    const { local, shared } = this.limitersOf(limit);
    const counted = shared && (await this.countShared(shared, name));
    return quota(limit, counted ?? (await count(local, name)));
  }

  /** A limiter has one limit; what is counted in Redis does not depend on it. */
  private limitersOf(limit: number): Limiters {
    let limiters = this.limiters.get(limit);
    if (!limiters) {
      const options = { points: limit, duration: WINDOW_SECONDS };
      const { shared } = this;
      limiters = {
        local: new RateLimiterMemory(options),
        shared:
          shared &&
          new RateLimiterRedis({
            ...options,
            storeClient: shared.client,
            keyPrefix: shared.keyPrefix,
            rejectIfRedisNotReady: true,
            // Who goes on over the limit costs Redis nothing until the window ends.
            inMemoryBlockOnConsumed: limit + 1,
          }),
      };
      this.limiters.set(limit, limiters);
    }
    return limiters;
  }

  /** Undefined when Redis does not say in time, or is not asked. */
  private countShared(limiter: RateLimiterAbstract, name: string): Promise<Counted | undefined> {
    const { timeoutMs, onLocal } = this.shared!;
    if (!this.breaker.admits()) {
      onLocal('open');
      return Promise.resolve(undefined);
    }
    return new Promise((resolve) => {
      attempt(
        this.breaker,
        timeoutMs,
        () => count(limiter, name),
        (result, fault) => {
          if (fault) onLocal(fault);
          resolve(result);
        },
      );
    });
  }
}

/** What a limiter says of a request. */
interface Counted {
  readonly isWithin: boolean;
  readonly result: RateLimiterRes;
}

/** The library rejects with the same when the limit is passed as it resolves with when it is not. */
async function count(limiter: RateLimiterAbstract, name: string): Promise<Counted> {
  try {
    return { isWithin: true, result: await limiter.consume(name) };
  } catch (error) {
    if (error instanceof RateLimiterRes) return { isWithin: false, result: error };
    throw error;
  }
}

function quota(limit: number, { isWithin, result }: Counted): Quota {
  const resetSeconds = Math.max(1, Math.ceil(result.msBeforeNext / 1000));
  return { isWithin, limit, remaining: result.remainingPoints, resetSeconds };
}
