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
  private data = new Uint8Array(1 << 16);
  private words = viewOf(this.data);
  /** The bytes that were looked at last, and a view of them: reading four bytes at a time needs one. */
  private source: Uint8Array = this.data;
  private sourceWords = this.words;
  private ends = new Uint32Array(1 << 10);
  private hashes = new Uint32Array(1 << 10);
  private slots = new Uint32Array(1 << 11);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The id of `bytes[start, end)`, a new one when the text was not seen before. */
  intern(bytes: Uint8Array, start: number, end: number): number {
    if (bytes !== this.source) this.look(bytes);
    const hash = hashBytes(this.sourceWords, start, end);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let found = this.slots[slot]!; found !== 0; found = this.slots[slot]!) {
      const id = found - 1;
      if (this.hashes[id] === hash && this.equals(id, start, end)) return id;
      slot = (slot + 1) & mask;
    }
    return this.add(bytes, start, end, hash, slot);
  }

  /** Whether the text with this id is `bytes[start, end)`: a cheaper question than which one that is. */
  holds(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes !== this.source) this.look(bytes);
    return this.equals(id, start, end);
  }

  bytes(id: number): Uint8Array {
    return this.data.subarray(id === 0 ? 0 : this.ends[id - 1], this.ends[id]);
  }

  private look(bytes: Uint8Array): void {
    this.source = bytes;
    this.sourceWords = viewOf(bytes);
  }

  private equals(id: number, start: number, end: number): boolean {
    const from = id === 0 ? 0 : this.ends[id - 1]!;
    if (this.ends[id]! - from !== end - start) return false;
    const { words, sourceWords } = this;
    let [i, j] = [start, from];
    for (; i + 4 <= end; i += 4, j += 4) if (sourceWords.getUint32(i) !== words.getUint32(j)) return false;
    for (; i < end; i++, j++) if (sourceWords.getUint8(i) !== words.getUint8(j)) return false;
    return true;
  }

  private add(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const id = this.count++;
    const from = id === 0 ? 0 : this.ends[id - 1]!;
    const to = from + end - start;
    if (to > this.data.length) {
      const grown = new Uint8Array(Math.max(this.data.length * 2, to));
      grown.set(this.data.subarray(0, from));
      this.data = grown;
      this.words = viewOf(grown);
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
function hashBytes(words: DataView, start: number, end: number): number {
  let hash = end - start;
  let at = hash > 32 ? end - 32 : start;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ words.getUint32(at), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ words.getUint8(at), 0x01000193);
  return mix(hash);
}

const views = new WeakMap<Uint8Array, DataView>();

/** Readers go to and fro between few arrays, the file's bytes and those of unescaped rows: a view is made once. */
function viewOf(bytes: Uint8Array): DataView {
  let view = views.get(bytes);
  if (!view) views.set(bytes, (view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  return view;
}

// The finalizer of MurmurHash3 (Austin Appleby, public domain): spreads every bit over the low ones that pick the slot.
function mix(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
