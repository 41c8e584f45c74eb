import { Breaker, type BreakerState } from './breaker.js';
import type { Codec, Store, StoreFault } from './store.js';

/** Bounds of a {@link GuardedStore}. */
export interface GuardOptions {
  /** Milliseconds that a command may take. */
  readonly timeoutMs: number;
  /** Seconds for which a value is kept, give or take a tenth, so that what was written together does not end together. */
  readonly ttlSeconds: number;
  /** Reads at a time; one more is not made. */
  readonly maxReads: number;
  /** Bytes of values on their way; more are not written. */
  readonly maxWriteBytes: number;
  /** Failures in a row after which the store is left alone, and for how many milliseconds. */
  readonly failures: number;
  readonly retryMs: number;
  readonly observe?: (operation: 'get' | 'set', seconds: number, fault: StoreFault | undefined) => void;
  readonly now?: () => number;
  readonly random?: () => number;
}

/**
 * A store of values that is never waited for longer than its deadline and never fails: whatever is wrong with the store
 * is a value that is not there.
 */
export class GuardedStore<T> {
  private readonly breaker: Breaker;
  private readonly now: () => number;
  private readonly random: () => number;
  private reads = 0;
  private writeBytes = 0;

  constructor(
    private readonly store: Store,
    private readonly codec: Codec<T>,
    private readonly options: GuardOptions,
  ) {
    this.now = options.now ?? (() => performance.now());
    this.random = options.random ?? Math.random;
    this.breaker = new Breaker({ ...options, now: this.now, random: this.random });
  }

  /** State of the breaker. */
  get state(): BreakerState {
    return this.breaker.state;
  }

  /** The value, or undefined when there is none or the store does not give it in time. */
  async get(key: string): Promise<T | undefined> {
    const started = this.now();
    const refused = this.refusal(this.reads >= this.options.maxReads);
    if (refused) return this.refuse('get', refused);
    this.reads++;
    try {
      const bytes = await this.call('get', started, () => this.store.get(key));
      return bytes === undefined ? undefined : await this.decode(bytes);
    } finally {
      this.reads--;
    }
  }

  /** Writes a value; resolves when that is done or given up. */
  async set(key: string, value: T): Promise<void> {
    // Before the value is encoded, which can cost more than all the rest.
    if (this.breaker.state === 'open') return this.refuse('set', 'open');
    const bytes = await this.encode(value);
    if (bytes === undefined) return;
    const started = this.now();
    const refused = this.refusal(this.writeBytes + bytes.length > this.options.maxWriteBytes);
    if (refused) return this.refuse('set', refused);
    this.writeBytes += bytes.length;
    const ttlSeconds = Math.round(this.options.ttlSeconds * (0.9 + 0.2 * this.random()));
    try {
      await this.call('set', started, () => this.store.set(key, bytes, ttlSeconds));
    } finally {
      this.writeBytes -= bytes.length;
    }
  }

  private refusal(busy: boolean): StoreFault | undefined {
    if (busy) return 'busy';
    return this.breaker.admits() ? undefined : 'open';
  }

  private refuse(operation: 'get' | 'set', fault: StoreFault): undefined {
    this.options.observe?.(operation, 0, fault);
    return undefined;
  }

  private async encode(value: T): Promise<Uint8Array | undefined> {
    try {
      return await this.codec.encode(value);
    } catch {
      return this.refuse('set', 'wrong');
    }
  }

  private async decode(bytes: Uint8Array): Promise<T | undefined> {
    try {
      return await this.codec.decode(bytes);
    } catch {
      // Somebody else's bytes under our key: it will be written over.
      return this.refuse('get', 'wrong');
    }
  }

  private async call<R>(operation: 'get' | 'set', started: number, run: () => Promise<R>): Promise<R | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.options.timeoutMs);
    });
    let fault: StoreFault | undefined;
    try {
      const result = await Promise.race([late, run()]);
      if (result !== 'late') return result;
      fault = 'timeout';
      return undefined;
    } catch {
      fault = 'error';
      return undefined;
    } finally {
      clearTimeout(timer);
      if (fault) this.breaker.fail();
      else this.breaker.succeed();
      this.options.observe?.(operation, (this.now() - started) / 1000, fault);
    }
  }
}
