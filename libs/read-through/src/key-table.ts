const LEAST_SLOTS = 1024;

/**
 * Where the record of each key is, by the hash of the key: open addressing with linear probing in two arrays of numbers, so
 * that tens of thousands of keys are no object that a garbage collection would have to visit (Knuth, The Art of Computer
 * Programming, volume 3, section 6.4: algorithm L to look up, R to remove). A place is a whole number below 2^32 - 1.
 */
export class KeyTable {
  /** Number of keys. */
  count = 0;
  private hashes = new Uint32Array(LEAST_SLOTS);
  /** The place plus one, 0 in a slot that is free. */
  private places = new Uint32Array(LEAST_SLOTS);

  /** `isKey` tells whether the record at a place is that of a key. */
  constructor(private readonly isKey: (place: number, key: string) => boolean) {}

  /** Place of the record of a key, or undefined. */
  find(key: string, hash: number): number | undefined {
    const last = this.places.length - 1;
    for (let slot = hash & last; this.places[slot] !== 0; slot = (slot + 1) & last) {
      if (this.hashes[slot] === hash && this.isKey(this.places[slot]! - 1, key)) return this.places[slot]! - 1;
    }
    return undefined;
  }

  /** Whether a record with this hash is at this place. */
  has(hash: number, place: number): boolean {
    return this.slotOf(hash, place) !== undefined;
  }

  /** Adds a record whose key has none. */
  add(hash: number, place: number): void {
    if (++this.count * 2 > this.places.length) this.grow();
    this.put(hash, place + 1);
  }

  /** Has a record found at another place. */
  move(hash: number, from: number, to: number): void {
    const slot = this.slotOf(hash, from);
    if (slot !== undefined) this.places[slot] = to + 1;
  }

  /** Forgets the record at a place. */
  remove(hash: number, place: number): void {
    let hole = this.slotOf(hash, place);
    if (hole === undefined) return;
    const last = this.places.length - 1;
    this.count--;
    // What was put further on because this slot was taken is brought back, or it would not be found any more.
    for (let slot = (hole + 1) & last; this.places[slot] !== 0; slot = (slot + 1) & last) {
      const home = this.hashes[slot]! & last;
      if (((slot - home) & last) < ((slot - hole) & last)) continue;
      this.hashes[hole] = this.hashes[slot]!;
      this.places[hole] = this.places[slot]!;
      hole = slot;
    }
    this.places[hole] = 0;
  }

  /** Forgets all. */
  clear(): void {
    this.count = 0;
    this.hashes = new Uint32Array(LEAST_SLOTS);
    this.places = new Uint32Array(LEAST_SLOTS);
  }

  private slotOf(hash: number, place: number): number | undefined {
    const last = this.places.length - 1;
    for (let slot = hash & last; this.places[slot] !== 0; slot = (slot + 1) & last) {
      if (this.places[slot] === place + 1) return slot;
    }
    return undefined;
  }

  private put(hash: number, placeAndOne: number): void {
    const last = this.places.length - 1;
    let slot = hash & last;
    while (this.places[slot] !== 0) slot = (slot + 1) & last;
    this.hashes[slot] = hash;
    this.places[slot] = placeAndOne;
  }

  private grow(): void {
    const { hashes, places } = this;
    this.hashes = new Uint32Array(places.length * 2);
    this.places = new Uint32Array(places.length * 2);
    for (let slot = 0; slot < places.length; slot++) if (places[slot] !== 0) this.put(hashes[slot]!, places[slot]!);
  }
}
