import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../store.js';

/** How a store misbehaves: not at all, or as its name says; `garbage` and `truncated` concern what is read. */
export type Chaos = 'none' | 'throws' | 'rejects' | 'hangs' | 'dawdles' | 'garbage' | 'truncated';

/** A {@link Store} over another that misbehaves on demand and counts what it was asked. */
export class ChaosStore implements Store {
  chaos: Chaos = 'none';
  /** Milliseconds that `dawdles` takes: far longer than a call may, unless set. */
  delayMs = 2000;
  gets = 0;
  sets = 0;
  /** Seconds that values were given to live. */
  readonly ttls: number[] = [];

  constructor(private readonly inner: Store) {}

  get(key: string): Promise<Uint8Array | undefined> {
    this.gets++;
    return this.disturb(async () => {
      const bytes = await this.inner.get(key);
      if (this.chaos === 'garbage') return Uint8Array.from({ length: 3000 }, (_, index) => (index * 89) % 256);
      return this.chaos === 'truncated' ? bytes?.subarray(0, bytes.length / 2) : bytes;
    });
  }

  set(key: string, bytes: Uint8Array, ttlSeconds: number): Promise<void> {
    this.sets++;
    this.ttls.push(ttlSeconds);
    return this.disturb(() => this.inner.set(key, bytes, ttlSeconds));
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private disturb<R>(run: () => Promise<R>): Promise<R> {
    if (this.chaos === 'throws') throw new Error('chaos: thrown before there is a promise');
    if (this.chaos === 'rejects') return Promise.reject(new Error('chaos: rejected'));
    if (this.chaos === 'hangs') return new Promise<R>(() => undefined);
    if (this.chaos !== 'dawdles') return run();
    return sleep(this.delayMs, undefined, { ref: false }).then(run);
  }
}
