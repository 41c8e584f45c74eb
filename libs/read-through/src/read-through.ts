import type { ByteRing } from './byte-ring.js';
import { Flights } from './flights.js';
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

interface Waiter<T> {
  readonly resolve: (found: Found<T>) => void;
  readonly reject: (error: unknown) => void;
}

/** How a {@link ReadThrough} behaves. */
export interface ReadThroughOptions {
  /**
   * Keys that are fetched at a time, 10,000 unless given. What comes when there are more goes straight to the source,
   * unshared and without the store: the source has a bound of its own and says no better than a cache could.
   */
  readonly maxFlights?: number;
  /** Whether a value that was loaded may still be kept under its key; always unless given. */
  readonly keeps?: (key: string) => boolean;
  /** Whether a value is worth a place in memory, asked once it is there; always unless given. */
  readonly admits?: (key: string) => boolean;
}

/**
 * Reads values through a cache: memory, then the store, then the source, with one flight for all that ask for a key at
 * the same time. What comes from below is kept above; writes to the store are not waited for. A value is never undefined.
 */
export class ReadThrough<T> {
  readonly counts: ReadCounts = { l1: 0, l2: 0, misses: 0, shared: 0 };
  private readonly flights = new Flights<Waiter<T>>();
  private readonly maxFlights: number;
  private readonly keeps: (key: string) => boolean;
  private readonly admits: (key: string) => boolean;

  constructor(
    readonly memory: ByteRing<T>,
    private readonly store: GuardedStore<T> | undefined,
    { maxFlights = 10_000, keeps = always, admits = always }: ReadThroughOptions = {},
  ) {
    this.maxFlights = maxFlights;
    this.keeps = keeps;
    this.admits = admits;
  }

  /** Keys that are being fetched. */
  get inFlight(): number {
    return this.flights.size;
  }

  /** Whether a key is being fetched: who asks for it now gets the value of that flight. */
  isUnderWay(key: string): boolean {
    return this.flights.get(key) !== undefined;
  }

  /** The value in memory as a view, which holds for no longer than the turn of the event loop: nothing else is kept meanwhile. */
  peek(key: string): T | undefined {
    const value = this.memory.view(key);
    if (value !== undefined) this.counts.l1++;
    return value;
  }

  /**
   * The value, from the source when nobody has it. Rejects with what `load` throws, for all that wait for it; that is not
   * kept. `load` has to settle: those that wait for it wait as long as it takes.
   */
  get(key: string, load: () => Promise<T>): Promise<Found<T>> {
    const value = this.memory.get(key);
    if (value !== undefined) {
      this.counts.l1++;
      return Promise.resolve({ value, from: 'l1' });
    }
    const flight = this.flights.get(key);
    if (flight) {
      this.counts.shared++;
      return new Promise((resolve, reject) => flight.waiters.push({ resolve, reject }));
    }
    if (this.flights.size >= this.maxFlights) return this.load(key, load);
    return this.fly(key, load);
  }

  /** Keeps a value that was made without waiting, which counts as one from the source. The store is not told. */
  made(key: string, value: T): void {
    this.loaded(key, value, false);
  }

  /** Fetches for all that ask meanwhile. */
  private async fly(key: string, load: () => Promise<T>): Promise<Found<T>> {
    const flight = this.flights.begin(key);
    try {
      const stored = await this.store?.get(key);
      const found = stored === undefined ? this.loaded(key, await load(), true) : this.stored(key, stored);
      for (const { resolve } of flight.waiters) resolve(found);
      return found;
    } catch (error) {
      for (const { reject } of flight.waiters) reject(error);
      throw error;
    } finally {
      this.flights.end(flight);
    }
  }

  private async load(key: string, load: () => Promise<T>): Promise<Found<T>> {
    return this.loaded(key, await load(), false);
  }

  private loaded(key: string, value: T, share: boolean): Found<T> {
    this.counts.misses++;
    if (!this.keeps(key)) return { value, from: 'miss' };
    // Guarded: it never rejects, whatever the store does.
    if (share) void this.store?.set(key, value);
    this.remember(key, value);
    return { value, from: 'miss' };
  }

  private stored(key: string, value: T): Found<T> {
    this.counts.l2++;
    if (this.keeps(key)) this.remember(key, value);
    return { value, from: 'l2' };
  }

  private remember(key: string, value: T): void {
    if (this.admits(key)) this.memory.set(key, value);
  }
}

function always(): boolean {
  return true;
}
