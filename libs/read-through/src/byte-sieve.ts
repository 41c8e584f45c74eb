interface Node<T> {
  readonly key: string;
  readonly value: T;
  bytes: number;
  /** Whether it was used since it came or the hand last passed it. */
  visited: boolean;
  newer: Node<T> | undefined;
  older: Node<T> | undefined;
}

/** A larger share of the room is too much for one value: it would push out nearly all others. */
const MOST_OF_ROOM = 1 / 2;

/**
 * Keeps the values that are used again, as many as fit in a number of bytes; one larger than half of that is not kept. What
 * leaves is decided by SIEVE (Zhang, Yang, Yue, Vigfusson, Rashmi: SIEVE is simpler than LRU, NSDI 2024): values stay in the
 * order in which they came, and a hand goes from old to new, takes the mark from those that were used and drops the first
 * that has none. Where it stops it goes on the next time, so that what came last and is not used leaves soon, and what is
 * used stays for another round. A hit moves nothing: it costs a look-up and a mark. A list of nodes beside the map, as the
 * hand has to keep its place while others come and go.
 */
export class ByteSieve<T> {
  /** Bytes of what is kept, and how often something was dropped for room. */
  bytes = 0;
  evictions = 0;
  private readonly nodes = new Map<string, Node<T>>();
  private newest: Node<T> | undefined;
  private oldest: Node<T> | undefined;
  /** Where the search for one to drop goes on; from the oldest when undefined. */
  private hand: Node<T> | undefined;

  constructor(
    readonly maxBytes: number,
    /** Bytes that a value takes with its key and what goes with it. */
    private readonly sizeOf: (value: T, key: string) => number,
  ) {}

  /** Number of values. */
  get entries(): number {
    return this.nodes.size;
  }

  /** The value, which counts as use. */
  get(key: string): T | undefined {
    const node = this.nodes.get(key);
    if (!node) return undefined;
    node.visited = true;
    return node.value;
  }

  /** The value, without counting as use. */
  peek(key: string): T | undefined {
    return this.nodes.get(key)?.value;
  }

  /**
   * Keeps a value as the newest, in place of one with the same key. That is no use, but what was used of the former counts
   * for it: it is the key that is asked for.
   */
  set(key: string, value: T): void {
    const visited = this.nodes.get(key)?.visited ?? false;
    this.delete(key);
    const bytes = this.sizeOf(value, key);
    if (bytes > this.maxBytes * MOST_OF_ROOM) return;
    // Before it is among the others: where all of them were used, the hand would come to it and find it without a mark.
    this.makeRoom(bytes);
    const node: Node<T> = { key, value, bytes, visited, newer: undefined, older: this.newest };
    this.nodes.set(key, node);
    this.link(node);
    this.bytes += bytes;
  }

  /**
   * Measures a value anew that has grown since it was kept; one that has become too large is forgotten. When others have to
   * go for it, it is one of them as far as the hand is concerned.
   */
  resize(key: string): void {
    const node = this.nodes.get(key);
    if (!node) return;
    this.bytes -= node.bytes;
    node.bytes = this.sizeOf(node.value, key);
    this.bytes += node.bytes;
    if (node.bytes > this.maxBytes * MOST_OF_ROOM) this.drop(node);
    this.makeRoom(0);
  }

  /** Forgets a value. */
  delete(key: string): void {
    const node = this.nodes.get(key);
    if (!node) return;
    this.nodes.delete(key);
    this.unlink(node);
    this.bytes -= node.bytes;
  }

  /** Forgets all values. */
  clear(): void {
    this.nodes.clear();
    this.newest = this.oldest = this.hand = undefined;
    this.bytes = 0;
  }

  private makeRoom(bytes: number): void {
    while (this.bytes + bytes > this.maxBytes && this.oldest) this.drop(this.unvisited(this.hand ?? this.oldest));
  }

  /** The first without a mark from a node on. Ends after one round at the latest, as the marks are taken on the way. */
  private unvisited(from: Node<T>): Node<T> {
    let node = from;
    while (node.visited) {
      node.visited = false;
      node = node.newer ?? this.oldest!;
    }
    this.hand = node;
    return node;
  }

  private drop(node: Node<T>): void {
    this.delete(node.key);
    this.evictions++;
  }

  private link(node: Node<T>): void {
    if (this.newest) this.newest.newer = node;
    this.newest = node;
    this.oldest ??= node;
  }

  private unlink(node: Node<T>): void {
    if (this.hand === node) this.hand = node.newer;
    if (node.newer) node.newer.older = node.older;
    else this.newest = node.older;
    if (node.older) node.older.newer = node.newer;
    else this.oldest = node.newer;
  }
}
