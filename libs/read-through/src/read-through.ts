import type { ByteLru } from './byte-lru.js';
import type { GuardedStore } from './guarded-store.js';

/** Where a value came from: memory, the store, or the source. */
export type Level = 'l1' | 'l2' | 'miss';

/** A value and where it came from. */
export interface Found<T> {
  readonly value: T;
  readonly from: Level;
}

/** What a {@link ReadThrough} counts. */
export interface ReadCounts {
  l1: number;
  l2: number;
  misses: number;
  /** Questions that were answered by the flight of another. */
  shared: number;
}

/**
 * Reads values through a cache: memory, then the store, then the source, with one flight for all that ask for a key at
 * the same time. What comes from below is kept above; writes to the store are not waited for.
 */
export class ReadThrough<T> {
  readonly counts: ReadCounts = { l1: 0, l2: 0, misses: 0, shared: 0 };
  private readonly flights = new Map<string, Promise<Found<T>>>();

  constructor(
    readonly memory: ByteLru<T>,
    private readonly store: GuardedStore<T> | undefined,
  ) {}

  /** The value in memory. */
  peek(key: string): T | undefined {
    const value = this.memory.get(key);
    if (value !== undefined) this.counts.l1++;
    return value;
  }

  /** The value, from the source when nobody has it. Rejects with what `load` throws; that is not kept. */
  get(key: string, load: () => Promise<T>): Promise<Found<T>> {
    const value = this.peek(key);
    if (value !== undefined) return Promise.resolve({ value, from: 'l1' });
    const flight = this.flights.get(key);
    if (flight) {
      this.counts.shared++;
      return flight;
    }
    const started = this.fetch(key, load).finally(() => this.flights.delete(key));
    this.flights.set(key, started);
    return started;
  }

  private async fetch(key: string, load: () => Promise<T>): Promise<Found<T>> {
    const stored = await this.store?.get(key);
    if (stored !== undefined) {
      this.counts.l2++;
      this.memory.set(key, stored);
      return { value: stored, from: 'l2' };
    }
    const value = await load();
    this.counts.misses++;
    this.memory.set(key, value);
    // Guarded: it never rejects, whatever the store does.
    void this.store?.set(key, value);
    return { value, from: 'miss' };
  }
}
