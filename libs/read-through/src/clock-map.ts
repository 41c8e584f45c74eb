import { Doorkeeper } from './doorkeeper.js';

/** An entry, and whether it was found since the hand last went over it. */
interface Slot<T> {
  readonly key: string;
  value: T;
  wasFound: boolean;
}

/** Keys that are known from before for each that is kept. */
const KNOWN_SHARE = 1 / 4;

/**
 * At most so many values by their keys, for what is held as objects and asked for again and again. What nobody asked for
 * since the hand last passed gives way (CLOCK: Corbató, A Paging Experiment with the Multics System, 1968), and only to
 * what was offered lately, which a {@link Doorkeeper} of a quarter as many keys tells: what comes and goes is garbage that
 * V8 has moved to its old generation, where it costs most.
 */
export class ClockMap<T> {
  private readonly byKey = new Map<string, Slot<T>>();
  private readonly slots: Slot<T>[] = [];
  private readonly offered: Doorkeeper;
  private hand = 0;

  constructor(private readonly most: number) {
    this.offered = new Doorkeeper(most * KNOWN_SHARE);
  }

  /** Values that are kept. */
  get size(): number {
    return this.slots.length;
  }

  /** The value of a key, which is worth its place from now on until the hand has passed. */
  find(key: string): T | undefined {
    const slot = this.byKey.get(key);
    if (slot === undefined) return undefined;
    slot.wasFound = true;
    return slot.value;
  }

  /** Keeps a value whose key was offered lately, or is kept already; tells whether it did. */
  offer(key: string, value: T): boolean {
    const known = this.byKey.get(key);
    if (known) known.value = value;
    else if (this.offered.seen(key)) this.keep({ key, value, wasFound: false });
    else return false;
    return true;
  }

  private keep(slot: Slot<T>): void {
    if (this.slots.length < this.most) this.slots.push(slot);
    else {
      const place = this.place();
      this.byKey.delete(this.slots[place]!.key);
      this.slots[place] = slot;
    }
    this.byKey.set(slot.key, slot);
  }

  /** Moves the hand over those that were found, and one further: that one gives way. */
  private place(): number {
    for (;;) {
      const place = this.hand;
      const slot = this.slots[place]!;
      this.hand = (place + 1) % this.most;
      if (!slot.wasFound) return place;
      slot.wasFound = false;
    }
  }

  /** Forgets all values; which keys were offered lately is still known. */
  clear(): void {
    this.byKey.clear();
    this.slots.length = 0;
    this.hand = 0;
  }
}
