import { pino } from 'pino';
import { readConfig } from '../../config.js';
import type { Dataset } from '../../dataset/dataset.js';
import { Metrics } from '../../metrics/metrics.js';
import { AnswerCache } from '../answer-cache.js';
import { cacheKey } from '../cache-key.js';
import type { CachedAnswer } from '../cached-answer.js';
import { tellSometimes } from '../open-store.js';
import { RedisStore } from '../redis-store.js';
import { JSON_TYPE } from './guarded-redis.js';

/** Version of the dataset that the cache under test believes is open. */
export const VERSION = 'abcdef0123456789abcdef';
const PREFIX = 'test:';

/** An {@link AnswerCache} as a process has it, and a source that counts what it is asked. */
export class SharedCache {
  readonly metrics = new Metrics();
  readonly dataset = { version: VERSION, whenReplaced: () => undefined };
  readonly lines: string[] = [];
  readonly cache: AnswerCache;
  /** Answers that the source has made. */
  loads = 0;
  /** The longest time that an answer took, in milliseconds. */
  longestMs = 0;

  constructor(environment: Readonly<Record<string, string>>) {
    const config = readConfig({ CACHE_KEY_PREFIX: PREFIX, ...environment });
    const log = pino({}, { write: (line: string) => void this.lines.push(line) });
    const { redis } = config.cache;
    const store = redis && new RedisStore(redis, tellSometimes(log));
    this.cache = new AnswerCache(config, this.dataset as unknown as Dataset, this.metrics, store);
  }

  /** Asks for an answer; the source makes `size` bytes that tell the questions apart. */
  async ask(question: string, size = 3000): Promise<{ readonly answer: CachedAnswer; readonly from: string }> {
    const started = performance.now();
    const { value, from } = await this.cache.get(this.cache.key(this.dataset.version, question), () => {
      this.loads++;
      return Promise.resolve({ body: bodyOf(question, size), contentType: JSON_TYPE });
    });
    this.longestMs = Math.max(this.longestMs, performance.now() - started);
    return { answer: value, from };
  }

  /** Asks as a process that has nothing in memory. */
  askAnew(question: string, size?: number): ReturnType<SharedCache['ask']> {
    this.cache.clear();
    return this.ask(question, size);
  }

  /** The key in Redis. */
  key(question: string): string {
    return cacheKey(PREFIX, VERSION, question);
  }

  /** A sample of the metrics, such as `cache_requests_total{outcome="l1"}`; undefined when there is none. */
  async sample(name: string): Promise<number | undefined> {
    const line = (await this.metrics.text()).split('\n').find((text) => text.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length));
  }

  /** State of the breaker before reads. */
  async breaker(operation = 'get'): Promise<string | undefined> {
    for (const state of ['closed', 'open', 'half-open'])
      if ((await this.sample(`cache_breaker_state{operation="${operation}",state="${state}"}`)) === 1) return state;
    return undefined;
  }

  close(): Promise<void> {
    return this.cache.onApplicationShutdown();
  }
}

/** What the source answers. */
export function bodyOf(question: string, size = 3000): Buffer {
  const text = JSON.stringify({ question, rows: 'la '.repeat(Math.ceil(size / 3)) });
  return Buffer.from(text.slice(0, Math.max(size, question.length + 14)));
}
