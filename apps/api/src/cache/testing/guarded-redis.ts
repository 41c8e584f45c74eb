import { GuardedStore, type GuardOptions, type StoreFault, type StoreOperation } from '#libs/read-through';
import { readConfig } from '../../config.js';
import { answerCodec, type CachedAnswer } from '../cached-answer.js';
import { RedisStore } from '../redis-store.js';
import { until } from './redis-server.js';

/** Far above the deadline of a command. */
const SOON_MS = 1000;
export const JSON_TYPE = 'application/json; charset=utf-8';

/** Redis as a process uses it: with a deadline, breakers and the codec of answers. */
export class GuardedRedis {
  readonly guarded: GuardedStore<CachedAnswer>;
  readonly faults: string[] = [];
  readonly reasons: string[] = [];
  private readonly store: RedisStore;

  constructor(url: string, options: Partial<GuardOptions> = {}) {
    const { redis, ttlSeconds } = readConfig({ REDIS_URL: url }).cache;
    this.store = new RedisStore(redis!, ({ message }) => this.reasons.push(message));
    this.guarded = new GuardedStore(this.store, answerCodec, {
      timeoutMs: redis!.timeoutMs,
      ttlSeconds,
      maxReads: 1000,
      maxWrites: 1000,
      maxWriteBytes: 16 * 2 ** 20,
      failures: 5,
      retryMs: 200,
      observe: (operation, _, fault) => this.observe(operation, fault),
      ...options,
    });
  }

  /** The text kept under a key, undefined when there is none; throws when that is not said soon. */
  async read(key: string): Promise<string | undefined> {
    const answer = await soon(this.guarded.get(key));
    return answer?.body.toString();
  }

  async write(key: string, text: string | Buffer): Promise<void> {
    await soon(this.guarded.set(key, { body: Buffer.from(text), contentType: JSON_TYPE }));
  }

  /** Resolves when a value can be written and read. */
  async works(): Promise<void> {
    await until('Redis is used', async () => {
      await this.write('works', 'yes');
      return (await this.read('works')) === 'yes';
    });
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private observe(operation: StoreOperation, fault: StoreFault | undefined): void {
    if (fault) this.faults.push(`${operation} ${fault}`);
  }
}

async function soon<R>(work: Promise<R>): Promise<R> {
  const started = performance.now();
  const result = await work;
  expect(performance.now() - started).toBeLessThan(SOON_MS);
  return result;
}
