import { TOP_LIST_ENTRIES } from '#libs/catalog';
import { compareByStreams, EntryColumns, NO_STREAMS } from '#libs/serving';
import { ascending } from './ascending.js';

/** Keeps the {@link TOP_LIST_ENTRIES} first entries, in the order of {@link compareByStreams}, of all that are offered. */
export class TopList {
  // A binary heap whose root is the last of the kept entries.
  private readonly heap = new EntryColumns();
  private readonly spare = new EntryColumns(1);

  /** Entries kept. */
  get length(): number {
    return this.heap.length;
  }

  /** Offers all entries. */
  offerAll(from: EntryColumns): void {
    for (let index = 0; index < from.length; index++) this.offer(from, index);
  }

  /** Takes a copy of the entry if it belongs to the first. */
  offer(from: EntryColumns, index: number): void {
    const { heap } = this;
    if (heap.length < TOP_LIST_ENTRIES) {
      heap.push(from, index);
      this.up(heap.length - 1);
      return;
    }
    // Most entries end here; NO_STREAMS plus one is 0 in 32 bits.
    if ((from.streams[index]! + 1) >>> 0 < (heap.streams[0]! + 1) >>> 0) return;
    if (compareByStreams(from, index, heap, 0) < 0) {
      heap.put(0, from, index);
      this.down();
    }
  }

  /** Appends the kept entries in order to other columns and forgets them. */
  drainTo(target: EntryColumns): void {
    const { heap } = this;
    for (const index of this.order()) target.push(heap, index);
    heap.length = 0;
  }

  /** The kept entries in order: by streams, then those of equal streams put right. */
  private order(): Float64Array | Uint32Array {
    const { heap } = this;
    const order = ascending(streamsDescending(heap), NO_STREAMS);
    for (let at = 0; at < order.length; at++) {
      const index = order[at]!;
      let to = at;
      for (; to > 0 && compareByStreams(heap, order[to - 1]!, heap, index) > 0; to--) order[to] = order[to - 1]!;
      order[to] = index;
    }
    return order;
  }

  private up(at: number): void {
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (compareByStreams(this.heap, at, this.heap, parent) <= 0) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private down(): void {
    const { heap } = this;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const last = right < heap.length && compareByStreams(heap, right, heap, left) > 0 ? right : left;
      if (compareByStreams(heap, last, heap, at) <= 0) return;
      this.swap(at, last);
      at = last;
    }
  }

  private swap(i: number, j: number): void {
    this.spare.put(0, this.heap, i);
    this.heap.put(i, this.heap, j);
    this.heap.put(j, this.spare, 0);
  }
}

/** Numbers of 32 bits for the streams of entries, the smaller the more streams, and the largest for none. */
export function streamsDescending({ streams, length }: EntryColumns): Float64Array {
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = NO_STREAMS - ((streams[i]! + 1) >>> 0);
  return values;
}
