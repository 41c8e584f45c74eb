import { keyHash } from './key-hash.js';
import { KeyTable } from './key-table.js';

/** How values lie in bytes. */
export interface Layout<T> {
  /** Bytes that a value takes. */
  sizeOf(value: T): number;
  /** Writes a value into so many bytes from a position on. */
  write(value: T, into: Buffer, at: number): void;
  /** The value that was written between two positions. Its bytes may be views. */
  view(bytes: Buffer, start: number, end: number): T;
  /** The same value with bytes of its own. */
  copy(value: T): T;
}

/** A larger share of the room is too much for one value: it would push out nearly all others. */
const MOST_OF_ROOM = 1 / 2;
/** Uses that count: what was used more often than others stays for so many more rounds. */
const MOST_USES = 3;
/**
 * Values that stay for one that comes, which is then not kept: it is not to wait for a whole round, and used ones lie side by
 * side where they were put behind each other, so that many could be dropped for it.
 */
const MOST_MOVES = 64;
/** What stands before a record, as 32 bits each: its bytes in all, the hash of its key, the bytes of its key, its uses. */
const [LENGTH, HASH, KEY_LENGTH, USES] = [0, 1, 2, 3];
const HEADER_BYTES = 16;
/** Records begin at multiples of so many bytes. */
const GRAIN = 8;
const ASCII = 0x7f;

/**
 * Keeps the values that are used again, as many as fit into one block of bytes, keys included; one larger than half of it is
 * not kept. Records lie in it in the order in which they came, and when the end is reached go on from the beginning. What is
 * in the way of a new one is the oldest: it is put behind the newest if it was used since, up to three times (generalized
 * CLOCK: Smith, Sequentiality and prefetching in database systems, ACM TODS 3, 1978), and dropped if not. So nothing is
 * allocated for a value and nothing is left for the garbage collector, whatever comes and goes; there are no gaps; and a hit
 * moves nothing. Memory is taken by the system as it is written for the first time.
 */
export class ByteRing<T> {
  /** Bytes of the records that are kept, and how often one was dropped for room. */
  bytes = 0;
  evictions = 0;
  private readonly room: Buffer;
  private readonly words: Uint32Array;
  private readonly table = new KeyTable((place, key) => this.isKey(place * GRAIN, key));
  /** Where the next record goes, and where the oldest is. */
  private head = 0;
  private tail = 0;
  /** Where the last record before the end of the room ends, while the head is before the tail. */
  private turn: number | undefined;

  constructor(
    readonly maxBytes: number,
    private readonly layout: Layout<T>,
  ) {
    this.room = Buffer.allocUnsafeSlow(maxBytes - (maxBytes % GRAIN));
    this.words = new Uint32Array(this.room.buffer, 0, this.room.length / 4);
  }

  /** Number of values. */
  get entries(): number {
    return this.table.count;
  }

  /** The value, which counts as use, as a view: it holds until the next {@link set}, so for no longer than the turn. */
  view(key: string): T | undefined {
    const at = this.find(key, keyHash(key));
    if (at === undefined) return undefined;
    const uses = (at >>> 2) + USES;
    if (this.words[uses]! < MOST_USES) this.words[uses]!++;
    return this.valueAt(at);
  }

  /** A copy of the value, which counts as use. */
  get(key: string): T | undefined {
    const value = this.view(key);
    return value === undefined ? undefined : this.layout.copy(value);
  }

  /** Whether there is a value, without counting as use. */
  has(key: string): boolean {
    return this.find(key, keyHash(key)) !== undefined;
  }

  /**
   * Keeps a value as the newest, in place of one with the same key; not where only many used ones could make room for it.
   * That is no use, but what was used of the former counts for it: it is the key that is asked for. The value must not be a {@link view}.
   */
  set(key: string, value: T): void {
    const hash = keyHash(key);
    const former = this.find(key, hash);
    const uses = former === undefined ? 0 : this.words[(former >>> 2) + USES]!;
    if (former !== undefined) this.forget(hash, former);
    const keyLength = Buffer.byteLength(key);
    const length = HEADER_BYTES + keyLength + this.layout.sizeOf(value);
    const size = rounded(length);
    if (size > this.room.length * MOST_OF_ROOM) return;
    if (!this.makeRoom(size, former !== undefined)) return;
    const at = this.head;
    this.head += size;
    const word = at >>> 2;
    this.words[word + LENGTH] = length;
    this.words[word + HASH] = hash;
    this.words[word + KEY_LENGTH] = keyLength;
    this.words[word + USES] = uses;
    this.room.write(key, at + HEADER_BYTES);
    this.layout.write(value, this.room, at + HEADER_BYTES + keyLength);
    this.table.add(hash, at / GRAIN);
    this.bytes += size;
  }

  /** Forgets a value. */
  delete(key: string): void {
    const hash = keyHash(key);
    const at = this.find(key, hash);
    if (at !== undefined) this.forget(hash, at);
  }

  /** Forgets all values. */
  clear(): void {
    this.table.clear();
    this.bytes = this.head = this.tail = 0;
    this.turn = undefined;
  }

  private find(key: string, hash: number): number | undefined {
    const place = this.table.find(key, hash);
    return place === undefined ? undefined : place * GRAIN;
  }

  private isKey(at: number, key: string): boolean {
    const length = this.words[(at >>> 2) + KEY_LENGTH]!;
    const start = at + HEADER_BYTES;
    for (let i = 0; i < key.length; i++) {
      const unit = key.charCodeAt(i);
      if (unit > ASCII) return this.room.toString('utf8', start, start + length) === key;
      if (this.room[start + i] !== unit) return false;
    }
    return length === key.length;
  }

  private valueAt(at: number): T {
    const word = at >>> 2;
    const start = at + HEADER_BYTES + this.words[word + KEY_LENGTH]!;
    return this.layout.view(this.room, start, at + this.words[word + LENGTH]!);
  }

  /** The bytes stay where they are until it is their turn. */
  private forget(hash: number, at: number): void {
    this.table.remove(hash, at / GRAIN);
    this.bytes -= rounded(this.words[(at >>> 2) + LENGTH]!);
  }

  /** Has so many bytes free behind the newest record; false when too many used ones are in the way, unless it must be. */
  private makeRoom(size: number, must: boolean): boolean {
    let moves = 0;
    for (;;) {
      if (this.turn !== undefined) {
        if (this.head + size <= this.tail) return true;
        const used = this.isOldestUsed();
        const stays = used && moves < MOST_MOVES;
        if (used && !stays && !must) return false;
        this.passOldest(stays);
        if (stays) moves++;
      } else {
        if (this.head === this.tail) this.head = this.tail = 0;
        if (this.head + size <= this.room.length) return true;
        this.turn = this.head;
        this.head = 0;
      }
    }
  }

  /** Whether the oldest record is one that was used, not one whose place another took or that was forgotten. */
  private isOldestUsed(): boolean {
    const word = this.tail >>> 2;
    return this.words[word + USES]! > 0 && this.table.has(this.words[word + HASH]!, this.tail / GRAIN);
  }

  /** Drops the oldest record or, where it stays, puts it behind the newest. */
  private passOldest(stays: boolean): void {
    const from = this.tail;
    const word = from >>> 2;
    const size = rounded(this.words[word + LENGTH]!);
    const hash = this.words[word + HASH]!;
    this.tail += size;
    if (this.tail === this.turn) {
      this.tail = 0;
      this.turn = undefined;
    }
    if (stays) {
      this.words[word + USES]!--;
      // There is as much room as it has left, at the least.
      this.room.copyWithin(this.head, from, from + size);
      this.table.move(hash, from / GRAIN, this.head / GRAIN);
      this.head += size;
    } else if (this.table.has(hash, from / GRAIN)) {
      this.forget(hash, from);
      this.evictions++;
    }
  }
}

function rounded(length: number): number {
  return Math.ceil(length / GRAIN) * GRAIN;
}
