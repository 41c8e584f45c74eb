import bindings from '@duckdb/node-bindings';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { isValid, validityOf } from './columns.js';

/** A cell of a column of texts or blobs: its length in bytes, then the bytes themselves up to 12, else a pointer behind 4 of them. */
const CELL_BYTES = 16;
const INLINED_BYTES = 12;

/** The bytes of a column of type VARCHAR (UTF-8) or BLOB, without a string or a copy a value; valid as long as its chunk is. */
export class ByteColumn {
  private readonly cells: Uint8Array;
  private readonly view: DataView;
  private readonly validity: Uint8Array | undefined;

  constructor(chunk: DuckDBDataChunk, column: number) {
    const vector = bindings.data_chunk_get_vector(chunk.chunk, column);
    this.cells = bindings.vector_get_data(vector, chunk.rowCount * CELL_BYTES);
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
    const { buffer, byteOffset } = this.cells;
    return bindings.get_data_from_pointer(buffer as ArrayBuffer, byteOffset + cell + 8, length);
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
