import { grow } from '#libs/serving';

const MAX_LOAD = 0.6;

/** The bytes of one interned text, see {@link TextInterner}. */
export interface Texts {
  readonly size: number;
  /** A view of the UTF-8 bytes of the text with this id. */
  bytes(id: number): Uint8Array;
}

/**
 * Gives each distinct byte string a number, counted from 0 in the order of first sight. Holds the bytes in one buffer
 * and the look-up table in typed arrays, so that millions of texts cost no object each.
 */
export class TextInterner implements Texts {
  private data = Buffer.allocUnsafe(1 << 16);
  private ends = new Uint32Array(1 << 10);
  private hashes = new Uint32Array(1 << 10);
  private slots = new Uint32Array(1 << 11);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The id of `bytes[start, end)`, a new one when the text was not seen before. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let found = this.slots[slot]!; found !== 0; found = this.slots[slot]!) {
      const id = found - 1;
      if (this.hashes[id] === hash && this.equals(id, bytes, start, end)) return id;
      slot = (slot + 1) & mask;
    }
    return this.add(bytes, start, end, hash, slot);
  }

  bytes(id: number): Uint8Array {
    return this.data.subarray(id === 0 ? 0 : this.ends[id - 1], this.ends[id]);
  }

  private equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = id === 0 ? 0 : this.ends[id - 1]!;
    if (this.ends[id]! - from !== end - start) return false;
    const data = this.data;
    for (let i = start, j = from; i < end; i++, j++) if (bytes[i] !== data[j]) return false;
    return true;
  }

  private add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const id = this.count++;
    const from = id === 0 ? 0 : this.ends[id - 1]!;
    const to = from + end - start;
    if (to > this.data.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.data.length * 2, to));
      this.data.copy(grown, 0, 0, from);
      this.data = grown;
    }
    if (id === this.ends.length) {
      this.ends = grow(this.ends);
      this.hashes = grow(this.hashes);
    }
    this.data.set(bytes.subarray(start, end), from);
    this.ends[id] = to;
    this.hashes[id] = hash;
    this.slots[slot] = id + 1;
    if (this.count > this.slots.length * MAX_LOAD) this.slots = rehash(this.slots.length * 2, this.hashes, this.count);
    return id;
  }
}

/** Gives each distinct triple of numbers a number, counted from 0 in the order of first sight. */
export class TripleInterner {
  private triples = new Uint32Array(3 << 10);
  private hashes = new Uint32Array(1 << 10);
  private slots = new Uint32Array(1 << 11);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The id of the triple, a new one when it was not seen before. */
  intern(a: number, b: number, c: number): number {
    const hash = mix(Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35));
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let found = this.slots[slot]!; found !== 0; found = this.slots[slot]!) {
      const at = (found - 1) * 3;
      if (this.triples[at] === a && this.triples[at + 1] === b && this.triples[at + 2] === c) return found - 1;
      slot = (slot + 1) & mask;
    }
    const id = this.count++;
    if (id === this.hashes.length) {
      this.hashes = grow(this.hashes);
      this.triples = grow(this.triples);
    }
    this.triples.set([a, b, c], id * 3);
    this.hashes[id] = hash;
    this.slots[slot] = id + 1;
    if (this.count > this.slots.length * MAX_LOAD) this.slots = rehash(this.slots.length * 2, this.hashes, this.count);
    return id;
  }

  /** The first, second or third number of a triple. */
  part(id: number, which: 0 | 1 | 2): number {
    return this.triples[id * 3 + which]!;
  }
}

function rehash(length: number, hashes: Uint32Array, count: number): Uint32Array<ArrayBuffer> {
  const slots = new Uint32Array(length);
  for (let id = 0; id < count; id++) {
    let slot = hashes[id]! & (length - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (length - 1);
    slots[slot] = id + 1;
  }
  return slots;
}

// Only the last 32 bytes are hashed: what precedes them in a long text (a track's URL) hardly ever tells texts apart.
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = end - start > 32 ? end - 32 : start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return mix(hash);
}

// The finalizer of MurmurHash3 (Austin Appleby, public domain): spreads every bit over the low ones that pick the slot.
function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
