import { Admittance, ByteRing, type Layout } from '#libs/read-through';
import { countEntries, firstEntries } from '#libs/serving';

/** Room that a row takes, roughly. */
const BYTES_OF_ONE = 256;

/** The beginning of a row, or all of it. */
interface HeldRow {
  readonly isWhole: boolean;
  readonly bytes: Uint8Array;
}

/**
 * The rows of the serving file that are asked for again and again, or as many of their first entries as were wanted, as they
 * are encoded: a tenth of the bytes of the answers that are made of them. What is read a second time lately is kept, so that
 * a flood of first-time questions pushes nothing out.
 */
export class RowMemory {
  private readonly rows: ByteRing<HeldRow>;
  private readonly admittance: Admittance;

  /** Keeps so many bytes at the most; none when that is 0. */
  constructor(maxBytes: number) {
    this.rows = new ByteRing(maxBytes, rowLayout);
    this.admittance = new Admittance(this.rows, BYTES_OF_ONE);
  }

  /** Bytes of the rows that are kept. */
  get bytes(): number {
    return this.rows.bytes;
  }

  /** The row of a table, with so many of its entries at least or all that it has; it holds for no longer than the turn. */
  find(table: string, key: number, entries: number): Uint8Array | undefined {
    const row = this.rows.view(`${table}${key}`);
    return row && (row.isWhole || countEntries(row.bytes) >= entries) ? row.bytes : undefined;
  }

  /** Keeps a row that was read, or so many of its first entries, if it was read before. Throws RangeError when it is damaged. */
  offer(table: string, key: number, bytes: Uint8Array, entries: number): void {
    const name = `${table}${key}`;
    if (!this.admittance.admits(name)) return;
    const kept = firstEntries(bytes, entries);
    this.rows.set(name, { isWhole: kept === bytes, bytes: kept });
  }
}

const rowLayout: Layout<HeldRow> = {
  sizeOf: ({ bytes }) => 1 + bytes.length,

  write({ isWhole, bytes }, into, at) {
    into[at] = isWhole ? 1 : 0;
    into.set(bytes, at + 1);
  },

  view: (bytes, start, end) => ({ isWhole: bytes[start] === 1, bytes: bytes.subarray(start + 1, end) }),

  copy: ({ isWhole, bytes }) => ({ isWhole, bytes: Buffer.from(bytes) }),
};
