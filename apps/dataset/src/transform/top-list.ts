import { TOP_LIST_ENTRIES } from '#libs/catalog';
import { compareByStreams, EntryColumns } from '#libs/serving';

/** Keeps the {@link TOP_LIST_ENTRIES} first entries, in the order of {@link compareByStreams}, of all that are offered. */
export class TopList {
  // A binary heap whose root is the last of the kept entries.
  private readonly heap = new EntryColumns();
  private readonly spare = new EntryColumns(1);

  /** Entries kept. */
  get length(): number {
    return this.heap.length;
  }

  /** Takes a copy of the entry if it belongs to the first. */
  offer(from: EntryColumns, index: number): void {
    const { heap } = this;
    if (heap.length < TOP_LIST_ENTRIES) {
      heap.push(from, index);
      this.up(heap.length - 1);
    } else if (compareByStreams(from, index, heap, 0) < 0) {
      heap.put(0, from, index);
      this.down();
    }
  }

  /** Appends the kept entries in order to other columns and forgets them. */
  drainTo(target: EntryColumns): void {
    const { heap } = this;
    const order = Array.from({ length: heap.length }, (_, index) => index);
    order.sort((i, j) => compareByStreams(heap, i, heap, j));
    for (const index of order) target.push(heap, index);
    heap.length = 0;
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
