import type { Store } from './store.js';

/** A {@link Store} within the process, without a bound on what it holds: for tests, and to show what a store has to do. */
export class MemoryStore implements Store {
  private readonly entries = new Map<string, { readonly bytes: Uint8Array; readonly endsAt: number }>();

  /** `now` gives milliseconds. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  get(key: string): Promise<Uint8Array | undefined> {
    const entry = this.entries.get(key);
    if (entry === undefined || entry.endsAt > this.now()) return Promise.resolve(entry?.bytes.slice());
    this.entries.delete(key);
    return Promise.resolve(undefined);
  }

  set(key: string, bytes: Uint8Array, ttlSeconds: number): Promise<void> {
    // A Buffer's slice would be a view.
    this.entries.set(key, { bytes: Uint8Array.from(bytes), endsAt: this.now() + ttlSeconds * 1000 });
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.entries.clear();
    return Promise.resolve();
  }
}
