import bindings from '@duckdb/node-bindings';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { isValid, validityOf } from './columns.js';

/** A cell of a column of texts or blobs: its length in bytes, then the bytes themselves up to 12, else a pointer behind 4 of them. */
const CELL_BYTES = 16;
const INLINED_BYTES = 12;
const POINTER_AT = 8;

/** Values from one row to another, of those that are not inlined, which lie behind each other in memory. */
interface Run {
  readonly first: number;
  readonly last: number;
  readonly pointer: number;
  readonly bytes: Uint8Array;
}

/** The bytes of a column of type VARCHAR (UTF-8) or BLOB, without a string or a copy a value; valid as long as its chunk is. */
export class ByteColumn {
  private readonly cells: Uint8Array;
  private readonly view: DataView;
  private readonly validity: Uint8Array | undefined;
  private readonly rows: number;
  private run: Run = { first: 0, last: -1, pointer: 0, bytes: new Uint8Array() };

  constructor(chunk: DuckDBDataChunk, column: number) {
    const vector = bindings.data_chunk_get_vector(chunk.chunk, column);
    this.rows = chunk.rowCount;
    this.cells = bindings.vector_get_data(vector, this.rows * CELL_BYTES);
    this.view = new DataView(this.cells.buffer, this.cells.byteOffset, this.cells.byteLength);
    this.validity = validityOf(chunk, column);
  }

  /** Length of a row's value in bytes, 0 for null. */
  length(row: number): number {
    return isValid(this.validity, row) ? this.view.getUint32(row * CELL_BYTES, true) : 0;
  }

  /** A view of a row's value, empty for null. */
  get(row: number): Uint8Array {
    const length = this.length(row);
    const cell = row * CELL_BYTES;
    if (length <= INLINED_BYTES) return this.cells.subarray(cell + 4, cell + 4 + length);
    if (row < this.run.first || row > this.run.last) this.run = this.runFrom(row);
    const start = this.pointer(row) - this.run.pointer;
    return this.run.bytes.subarray(start, start + length);
  }

  /**
   * The values that follow a row's in memory, as DuckDB nearly always puts those of a chunk: one view of them all instead of
   * one each, which takes a call and an object of the binding that the garbage collector has to free.
   */
  private runFrom(row: number): Run {
    const pointer = this.pointer(row);
    let last = row;
    let end = pointer + this.length(row);
    for (let next = row + 1; next < this.rows; next++) {
      const length = this.length(next);
      if (length <= INLINED_BYTES) continue;
      if (this.pointer(next) !== end) break;
      last = next;
      end += length;
    }
    const { buffer, byteOffset } = this.cells;
    const at = byteOffset + row * CELL_BYTES + POINTER_AT;
    return {
      first: row,
      last,
      pointer,
      bytes: bindings.get_data_from_pointer(buffer as ArrayBuffer, at, end - pointer),
    };
  }

  /** Where a row's value lies; addresses have 48 bits, so a number holds one. */
  private pointer(row: number): number {
    const at = row * CELL_BYTES + POINTER_AT;
    return this.view.getUint32(at + 4, true) * 2 ** 32 + this.view.getUint32(at, true);
  }

  /** Copies a row's value into a buffer that has room for it; returns where it ends there. */
  copy(row: number, into: Uint8Array, at: number): number {
    const length = this.length(row);
    if (length > INLINED_BYTES) into.set(this.get(row), at);
    // For so few bytes a loop is faster than making a view.
    else for (let i = 0, from = row * CELL_BYTES + 4; i < length; i++) into[at + i] = this.cells[from + i]!;
    return at + length;
  }
}
