import type { OnApplicationShutdown } from '@nestjs/common';
import { Admittance, ByteRing, GuardedStore, ReadThrough, type Found, type Store } from '#libs/read-through';
import type { Config } from '../config.js';
import type { Dataset } from '../dataset/dataset.js';
import type { Metrics } from '../metrics/metrics.js';
import { cacheKey } from './cache-key.js';
import { answerLayout } from './answer-layout.js';
import { answerCodec, type CachedAnswer } from './cached-answer.js';

/** Room that an answer takes, roughly. */
const BYTES_OF_ONE = 2048;
const MAX_READS = 1000;
const MAX_WRITES = 1000;
const MAX_WRITE_BYTES = 16 * 2 ** 20;
const FAILURES = 5;
/** Looking whether the store is back costs no answer any time. */
const RETRY_MS = 1000;

/** The answers of the dataset that is open, in memory and, when one is configured, in a Redis that processes share. */
export class AnswerCache implements OnApplicationShutdown {
  private readonly cache: ReadThrough<CachedAnswer>;
  private readonly guard: GuardedStore<CachedAnswer> | undefined;
  private now: { readonly version: string; readonly keys: string } | undefined;

  constructor(
    private readonly config: Config,
    private readonly dataset: Dataset,
    metrics: Metrics,
    private readonly store: Store | undefined,
  ) {
    const { answerBytes, redis, ttlSeconds } = config.cache;
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
    const memory = new ByteRing(answerBytes, answerLayout);
    const admittance = new Admittance(memory, BYTES_OF_ONE);
    this.cache = new ReadThrough(memory, this.guard, {
      admits: (key) => admittance.admits(key),
      // Not what was asked of one version and loaded from the next.
      keeps: (key) => key.startsWith(this.keysOfNow()),
    });
    // What was kept of the version before is not asked for any more.
    dataset.whenReplaced(() => this.clear());
    metrics.watchCache(() => ({
      ...this.cache.counts,
      bytes: this.cache.memory.bytes,
      entries: this.cache.memory.entries,
      evictions: this.cache.memory.evictions,
      breakers: this.guard && { get: this.guard.state('get'), set: this.guard.state('set') },
    }));
  }

  /** The answer with this key, made by `load` when nobody has it. Rejects with what that throws. */
  get(key: string, load: () => Promise<CachedAnswer>): Promise<Found<CachedAnswer>> {
    return this.cache.get(key, load);
  }

  /** Keeps an answer that was made in the same turn of what is in memory. */
  made(key: string, answer: CachedAnswer): void {
    this.cache.made(key, answer);
  }

  /** The key under which the answer to a canonical question to a version of the dataset is kept. */
  key(version: string, canonical: string): string {
    return cacheKey(this.config.cache.keyPrefix, version, canonical);
  }

  /** The answer with this key when it is in memory: a view that holds for no longer than the turn of the event loop. */
  peek(key: string): CachedAnswer | undefined {
    return this.cache.peek(key);
  }

  /** Whether the answer with this key is on its way, for whoever asks for it. */
  isUnderWay(key: string): boolean {
    return this.cache.isUnderWay(key);
  }

  /** Keeps the codings that an answer now has, if it is in memory still. */
  addCodings(key: string, { gzip, brotli }: CachedAnswer): void {
    const { memory } = this.cache;
    // A copy: where it lies is written over. It may have been given the other coding meanwhile.
    const answer = memory.get(key);
    if (answer) memory.set(key, { ...answer, ...(gzip && { gzip }), ...(brotli && { brotli }) });
  }

  /** What all keys of the version that is open begin with. */
  private keysOfNow(): string {
    const { version } = this.dataset;
    if (this.now?.version !== version) this.now = { version, keys: this.key(version, '') };
    return this.now.keys;
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
