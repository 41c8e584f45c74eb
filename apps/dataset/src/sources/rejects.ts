import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { REJECT_REASONS, type RejectReason } from '../rows.js';
import { csvField } from './csv-field.js';

/** Most rows that are kept in the file of rejected rows; all are counted. */
export const MAX_KEPT_REJECTS = 1_000_000;

/** Text that is given on at once: what is put together piece by piece takes several times its length until then. */
const PENDING_CHARACTERS = 65_536;

/** Counts of rejected rows by reason; reasons that did not occur are left out. */
export type RejectCounts = Readonly<Partial<Record<RejectReason, number>>>;

/**
 * Writes rejected rows as gzipped CSV with the columns file, line, reason, row: the first {@link MAX_KEPT_REJECTS} of
 * them, the row as it stands in the file (what is not UTF-8 as U+FFFD), and counts all. The same rows give the same bytes.
 */
export class RejectsWriter {
  /** Rows rejected so far. */
  total = 0;
  private readonly gzip = createGzip();
  private readonly written: Promise<void>;
  private readonly byFile = new Map<string, Partial<Record<RejectReason, number>>>();
  private pending = 'file,line,reason,row\n';
  private closing: Promise<void> | undefined;

  constructor(
    output: Writable,
    private readonly maxKept = MAX_KEPT_REJECTS,
  ) {
    this.written = pipeline(this.gzip, output);
    // A failure is thrown by drained() and close(); until one of them is called it must not count as unhandled.
    this.written.catch(() => undefined);
  }

  /** Counts by reason over all files. */
  get counts(): RejectCounts {
    const sum: Partial<Record<RejectReason, number>> = {};
    for (const counts of this.byFile.values()) {
      for (const [reason, count] of entries(counts)) sum[reason] = (sum[reason] ?? 0) + count;
    }
    return sum;
  }

  /** Rows that are in the file. */
  get kept(): number {
    return Math.min(this.total, this.maxKept);
  }

  /** Counts by reason of one file. */
  countsOf(file: string): RejectCounts {
    return this.byFile.get(file) ?? {};
  }

  /** The counts in words, the most frequent reason first: `3 × no rank; 1 × not UTF-8`. */
  describe(): string {
    return entries(this.counts)
      .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
      .map(([reason, count]) => `${count.toLocaleString('en-US')} × ${REJECT_REASONS[reason]}`)
      .join('; ');
  }

  /** Adds the row `bytes[start, end)`, which begins at a line (from 1) of a file. Call {@link drained} now and then. */
  add(file: string, line: number, reason: RejectReason, bytes: Uint8Array, start: number, end: number): void {
    const counts = this.byFile.get(file) ?? {};
    counts[reason] = (counts[reason] ?? 0) + 1;
    this.byFile.set(file, counts);
    if (this.total++ >= this.maxKept) return;
    const row = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
    this.pending += `${csvField(file)},${line},${csvField(REJECT_REASONS[reason])},${csvField(row)}\n`;
    if (this.pending.length >= PENDING_CHARACTERS) this.giveOn();
  }

  /** Waits until what was added is on its way, so that memory stays bounded. Throws when the file cannot be written. */
  async drained(): Promise<void> {
    if (this.gzip.destroyed) await this.written;
    if (this.pending !== '') this.giveOn();
    if (this.gzip.writableNeedDrain) await Promise.race([once(this.gzip, 'drain'), this.written]);
  }

  /** Writes the rest and ends the file; may be called again. Throws when the file cannot be written. */
  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private giveOn(): void {
    if (!this.gzip.destroyed) this.gzip.write(Buffer.from(this.pending));
    this.pending = '';
  }

  private async finish(): Promise<void> {
    await this.drained();
    this.gzip.end();
    await this.written;
  }
}

function entries(counts: RejectCounts): [RejectReason, number][] {
  return Object.entries(counts) as [RejectReason, number][];
}
