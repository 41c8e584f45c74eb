import { keyHash } from './key-hash.js';

/** A key that is being fetched, and who waits for it beside the one that fetches. */
export interface Flight<W> {
  readonly key: string;
  readonly waiters: W[];
  readonly bucket: number;
  next: Flight<W> | undefined;
}

const BUCKETS = 1024;

/**
 * The keys that are being fetched. A hash table with a chain in each place, and no Map: a Map that things come into and
 * leave makes itself anew every so often, and its old selves, once they are in V8's old generation, keep all that was in
 * them from being collected while it is young: the keys of nearly all questions that were not in memory.
 */
export class Flights<W> {
  private readonly buckets: (Flight<W> | undefined)[] = Array.from({ length: BUCKETS }, () => undefined);
  private count = 0;

  /** Keys that are being fetched. */
  get size(): number {
    return this.count;
  }

  /** The flight of a key, if it is being fetched. */
  get(key: string): Flight<W> | undefined {
    let flight = this.buckets[bucketOf(key)];
    while (flight !== undefined && flight.key !== key) flight = flight.next;
    return flight;
  }

  /** Begins one for a key that has none. */
  begin(key: string): Flight<W> {
    const bucket = bucketOf(key);
    const flight: Flight<W> = { key, waiters: [], bucket, next: this.buckets[bucket] };
    this.buckets[bucket] = flight;
    this.count++;
    return flight;
  }

  /** Ends one that was begun; once. It holds on to nobody from then on. */
  end(flight: Flight<W>): void {
    const { bucket, next } = flight;
    let before = this.buckets[bucket]!;
    if (before === flight) this.buckets[bucket] = next;
    else {
      while (before.next !== flight) before = before.next!;
      before.next = next;
    }
    flight.next = undefined;
    flight.waiters.length = 0;
    this.count--;
  }
}

function bucketOf(key: string): number {
  return keyHash(key) & (BUCKETS - 1);
}
