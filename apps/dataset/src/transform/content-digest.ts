import { createHash } from 'node:crypto';
import { FORMAT_VERSION } from '#libs/catalog';
import type { EntryColumns } from '#libs/serving';

const NULL_LENGTH = 0xffff_ffff;

/**
 * The version of a dataset: sha256 over its period, dictionaries and charts in canonical order. It depends on the rows
 * alone, not on their order in the input, on threads or on how DuckDB lays out its file. Feed it the regions, days,
 * trends, artists and tracks in this order, then each chart.
 */
export class ContentDigest {
  private readonly hash = createHash('sha256');
  private scratch = Buffer.allocUnsafe(1 << 16);

  constructor(period: string) {
    this.hash.update(`spotify-charts format ${FORMAT_VERSION} period ${period}\n`);
  }

  /** Adds a dictionary of texts, null included. */
  texts(count: number, text: (id: number) => Uint8Array | null): void {
    const lengths = new Uint32Array(count + 1);
    lengths[0] = count;
    for (let id = 0; id < count; id++) {
      const bytes = text(id);
      lengths[id + 1] = bytes === null ? NULL_LENGTH : bytes.length;
      if (bytes) this.hash.update(bytes);
    }
    this.hash.update(lengths);
  }

  /** Adds a dictionary of numbers. */
  numbers(values: Uint32Array): void {
    this.hash.update(Uint32Array.of(values.length)).update(values);
  }

  /** Adds entries `[start, end)` of one chart, in the order of the serving file. */
  chart(key: number, entries: EntryColumns, start: number, end: number): void {
    const count = end - start;
    const size = 8 + count * 13;
    if (this.scratch.length < size) this.scratch = Buffer.allocUnsafe(size * 2);
    const { scratch } = this;
    scratch.writeUInt32LE(key, 0);
    scratch.writeUInt32LE(count, 4);
    let at = 8;
    for (const column of [entries.trackIds, entries.streams, entries.ranks, entries.ranksByRegion, entries.trendIds]) {
      const part = column.subarray(start, end);
      scratch.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
      at += part.byteLength;
    }
    this.hash.update(scratch.subarray(0, at));
  }

  /** The digest in hexadecimal; nothing can be added after it. */
  hex(): string {
    return this.hash.digest('hex');
  }
}
