import type { OnApplicationShutdown } from '@nestjs/common';
import { ByteLru, Doorkeeper, GuardedStore, ReadThrough, type Level, type Store } from '#libs/read-through';
import type { Config } from '../config.js';
import type { Dataset } from '../dataset/dataset.js';
import type { Metrics } from '../metrics/metrics.js';
import { cacheKey } from './cache-key.js';
import { answerCodec, owned, sizeOfAnswer, type CachedAnswer } from './cached-answer.js';

/** Share of the memory that is filled without a look at whether an answer was asked for before. */
const FREE_SHARE = 1 / 8;
const MAX_READS = 1000;
const MAX_WRITES = 1000;
const MAX_WRITE_BYTES = 16 * 2 ** 20;
const FAILURES = 5;
const RETRY_MS = 2000;

/** The answers of the dataset that is open, in memory and, when one is configured, in a Redis that processes share. */
export class AnswerCache implements OnApplicationShutdown {
  private readonly cache: ReadThrough<CachedAnswer>;
  private readonly guard: GuardedStore<CachedAnswer> | undefined;

  constructor(
    private readonly config: Config,
    private readonly dataset: Dataset,
    metrics: Metrics,
    private readonly store: Store | undefined,
  ) {
    const { maxBytes, redis, ttlSeconds } = config.cache;
    if (store && redis) {
      this.guard = new GuardedStore(store, answerCodec, {
        timeoutMs: redis.timeoutMs,
        ttlSeconds,
        maxReads: MAX_READS,
        maxWrites: MAX_WRITES,
        maxWriteBytes: MAX_WRITE_BYTES,
        failures: FAILURES,
        retryMs: RETRY_MS,
        observe: (operation, seconds, fault) => metrics.observeStore(operation, seconds, fault),
      });
    }
    const memory = new ByteLru(maxBytes, sizeOfAnswer);
    const asked = new Doorkeeper();
    this.cache = new ReadThrough(memory, this.guard, {
      // While there is plenty of room everything is kept; beyond, what is asked for a second time.
      admits: (key) => memory.bytes < maxBytes * FREE_SHARE || asked.seen(key),
      // Not what was asked of one version and loaded from the next.
      keeps: (key) => key.startsWith(cacheKey(config.cache.keyPrefix, dataset.version, '')),
    });
    metrics.watchCache(() => ({
      ...this.cache.counts,
      bytes: this.cache.memory.bytes,
      entries: this.cache.memory.entries,
      evictions: this.cache.memory.evictions,
      breakers: this.guard && { get: this.guard.state('get'), set: this.guard.state('set') },
    }));
  }

  /** The answer to a canonical question, made by `load` when nobody has it. Rejects with what that throws. */
  async get(
    canonical: string,
    load: () => Promise<CachedAnswer>,
  ): Promise<{ readonly answer: CachedAnswer; readonly from: Level }> {
    const { value, from } = await this.cache.get(this.key(canonical), async () => {
      const answer = await load();
      const body = owned(answer.body);
      return body === answer.body ? answer : { ...answer, body };
    });
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
    const key = this.key(canonical);
    const answer = this.cache.memory.peek(key);
    if (!answer) return;
    if (answer.gzip) answer.gzip = owned(answer.gzip);
    if (answer.brotli) answer.brotli = owned(answer.brotli);
    this.cache.memory.resize(key);
  }

  /** Forgets what is in memory. */
  clear(): void {
    this.cache.memory.clear();
  }

  /** Nest calls it after the HTTP server has closed. */
  async onApplicationShutdown(): Promise<void> {
    await this.store?.close();
  }
}
