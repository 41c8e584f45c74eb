import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { ByteLru, GuardedStore, ReadThrough, type BreakerState, type Level } from '#libs/read-through';
import { CONFIG, type Config } from '../config.js';
import { Dataset } from '../dataset/dataset.js';
import { LOG } from '../logging.js';
import { Metrics } from '../metrics/metrics.js';
import { cacheKey } from './cache-key.js';
import { answerCodec, sizeOfAnswer, type CachedAnswer } from './cached-answer.js';
import { RedisStore } from './redis-store.js';

const MAX_READS = 1000;
const MAX_WRITE_BYTES = 16 * 2 ** 20;
const FAILURES = 5;
const RETRY_MS = 2000;

/** The answers of the dataset that is open, in memory and, when one is configured, in a Redis that processes share. */
@Injectable()
export class AnswerCache implements OnApplicationShutdown {
  private readonly cache: ReadThrough<CachedAnswer>;
  private readonly guard: GuardedStore<CachedAnswer> | undefined;
  private readonly redis: RedisStore | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) log: Logger,
    private readonly dataset: Dataset,
    metrics: Metrics,
  ) {
    const { maxBytes, redis, ttlSeconds } = config.cache;
    if (redis) {
      this.redis = new RedisStore(redis, tellSometimes(log));
      this.guard = new GuardedStore(this.redis, answerCodec, {
        timeoutMs: redis.timeoutMs,
        ttlSeconds,
        maxReads: MAX_READS,
        maxWriteBytes: MAX_WRITE_BYTES,
        failures: FAILURES,
        retryMs: RETRY_MS,
        observe: (operation, seconds, fault) => metrics.observeStore(operation, seconds, fault),
      });
    }
    this.cache = new ReadThrough(new ByteLru(maxBytes, sizeOfAnswer), this.guard);
    metrics.watchCache(() => ({
      ...this.cache.counts,
      bytes: this.cache.memory.bytes,
      entries: this.cache.memory.entries,
      evictions: this.cache.memory.evictions,
      breaker: this.breaker,
    }));
  }

  /** State of the breaker before Redis; undefined when there is none. */
  get breaker(): BreakerState | undefined {
    return this.guard?.state;
  }

  /** The answer to a canonical question, made by `load` when nobody has it. Rejects with what that throws. */
  async get(
    canonical: string,
    load: () => Promise<CachedAnswer>,
  ): Promise<{ readonly answer: CachedAnswer; readonly from: Level }> {
    const { value, from } = await this.cache.get(this.key(canonical), load);
    return { answer: value, from };
  }

  /** The key under which the answer to a question is kept, for {@link peek}. */
  key(canonical: string): string {
    return cacheKey(this.config.cache.keyPrefix, this.dataset.version, canonical);
  }

  /** The answer with this key when it is in memory. */
  peek(key: string): CachedAnswer | undefined {
    return this.cache.peek(key);
  }

  /** Has an answer measured anew to which another coding was added. */
  grown(canonical: string): void {
    this.cache.memory.resize(this.key(canonical));
  }

  onApplicationShutdown(): void {
    this.redis?.close();
  }
}

const SILENCE_MS = 10_000;

/** A connection that is lost is tried again many times a second: one line in ten seconds says as much. */
function tellSometimes(log: Logger): (error: Error) => void {
  let last = -Infinity;
  return (error) => {
    if (performance.now() - last < SILENCE_MS) return;
    last = performance.now();
    log.warn({ reason: error.message }, 'the shared cache is out of reach, answering without it');
  };
}
