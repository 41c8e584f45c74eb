import { setImmediate as nextTurn } from 'node:timers/promises';
import { attempt } from './attempt.js';
import { Breaker, type BreakerState } from './breaker.js';
import { Silence } from './silence.js';
import type { Codec, Store, StoreFault } from './store.js';

/** A command to a store. */
export type StoreOperation = 'get' | 'set';

/** Bounds of a {@link GuardedStore}. */
export interface GuardOptions {
  /** Milliseconds that a command may take. */
  readonly timeoutMs: number;
  /** Seconds for which a value is kept, give or take a tenth, so that what was written together does not end together. */
  readonly ttlSeconds: number;
  /** Reads at a time; one more is not made. */
  readonly maxReads: number;
  /** Milliseconds without an answer after which no read is made until one comes; a fifth of timeoutMs unless given. */
  readonly silentMs?: number;
  /** Writes at a time, their encoding included; one more is not made. */
  readonly maxWrites: number;
  /** Bytes of values on their way; more are not written. */
  readonly maxWriteBytes: number;
  /** Failures in a row after which the store is left alone, and for how many milliseconds. */
  readonly failures: number;
  readonly retryMs: number;
  /** Told of every command with what was wrong, if anything; 0 seconds when it was not sent. */
  readonly observe?: (operation: StoreOperation, seconds: number, fault: StoreFault | undefined) => void;
  /** Milliseconds, for the breakers; performance.now unless given. */
  readonly now?: () => number;
  readonly random?: () => number;
}

/**
 * A store of values that is never waited for longer than its deadline and never fails: whatever is wrong with the store
 * is a value that is not there. Reads and writes have a breaker each, for a store that is full or a replica refuses every
 * write and goes on answering reads. Whether a store is back is found out by reads that nobody waits for.
 */
export class GuardedStore<T> {
  private readonly breakers: Readonly<Record<StoreOperation, Breaker>>;
  private readonly now: () => number;
  private readonly random: () => number;
  private readonly silence: Silence;
  private reads = 0;
  private writes = 0;
  private writeBytes = 0;

  constructor(
    private readonly store: Store,
    private readonly codec: Codec<T>,
    private readonly options: GuardOptions,
  ) {
    this.now = options.now ?? (() => performance.now());
    this.random = options.random ?? Math.random;
    const breaker = () => new Breaker({ ...options, now: this.now, random: this.random });
    this.breakers = { get: breaker(), set: breaker() };
    this.silence = new Silence(options.silentMs ?? options.timeoutMs / 5);
  }

  /** State of the breaker of reads or writes. */
  state(operation: StoreOperation): BreakerState {
    return this.breakers[operation].state;
  }

  /** The value, or undefined when there is none or the store does not give it in time. */
  get(key: string): Promise<T | undefined> {
    const { breakers, options, silence } = this;
    if (breakers.get.state === 'closed') {
      // Those who come while the store hangs do not wait, too, for what shows that it does.
      if (this.reads >= options.maxReads || silence.lasts) return Promise.resolve(this.refuse('get', 'busy'));
      return this.read(key);
    }
    void this.read(key);
    return Promise.resolve(undefined);
  }

  private read(key: string): Promise<T | undefined> {
    this.reads++;
    return this.call(
      'get',
      () => this.store.get(key),
      (bytes) => {
        this.reads--;
        return bytes && this.decode(key, bytes);
      },
    );
  }

  private decode(key: string, bytes: Uint8Array): Promise<T | undefined> | T | undefined {
    // Somebody else's bytes under our key: it will be written over.
    const wrong = () => this.refuse('get', 'wrong');
    try {
      const value = this.codec.decode(bytes, key);
      return value instanceof Promise ? value.catch(wrong) : value;
    } catch {
      return wrong();
    }
  }

  /** Writes a value; resolves when that is done or given up. */
  async set(key: string, value: T): Promise<void> {
    // Asked before the value is encoded, which can cost more than all the rest.
    if (this.breakers.set.state === 'open') return this.refuse('set', 'open');
    if (this.writes >= this.options.maxWrites) return this.refuse('set', 'busy');
    this.writes++;
    // Whoever waits for the value gets it first.
    await nextTurn();
    const bytes = await this.encode(key, value);
    if (bytes !== undefined) await this.write(key, bytes);
    this.writes--;
  }

  private async write(key: string, bytes: Uint8Array): Promise<void> {
    if (this.writeBytes + bytes.length > this.options.maxWriteBytes) return this.refuse('set', 'busy');
    this.writeBytes += bytes.length;
    const ttlSeconds = Math.max(1, Math.round(this.options.ttlSeconds * (0.9 + 0.2 * this.random())));
    await this.call(
      'set',
      () => this.store.set(key, bytes, ttlSeconds),
      () => (this.writeBytes -= bytes.length),
    );
  }

  private async encode(key: string, value: T): Promise<Uint8Array | undefined> {
    try {
      return await this.codec.encode(value, key);
    } catch {
      return this.refuse('set', 'wrong');
    }
  }

  private refuse(operation: StoreOperation, fault: StoreFault): undefined {
    this.options.observe?.(operation, 0, fault);
    return undefined;
  }

  /**
   * Resolves with what `take` makes of what the store says, or of undefined when that is a failure or comes late; a late
   * answer is let go.
   */
  private call<R, V>(
    operation: StoreOperation,
    run: () => Promise<R>,
    take: (result: R | undefined) => Promise<V> | V,
  ): Promise<V> {
    const breaker = this.breakers[operation];
    if (!breaker.admits()) {
      this.refuse(operation, 'open');
      return Promise.resolve(take(undefined));
    }
    const started = performance.now();
    const silence = operation === 'get' ? this.silence : undefined;
    silence?.ask();
    return new Promise((resolve) => {
      attempt(breaker, this.options.timeoutMs, run, (result, fault) => {
        if (fault === 'timeout') silence?.giveUp();
        else silence?.hear();
        this.options.observe?.(operation, (performance.now() - started) / 1000, fault);
        resolve(take(result));
      });
    });
  }
}
