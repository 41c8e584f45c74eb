import bindings from '@duckdb/node-bindings';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { isValid, validityOf } from '#libs/duckdb';
import { COLUMNS } from '../rows.js';
import { csvField } from './csv-field.js';

/** Bytes of a text in a DuckDB vector: its length, then the text itself up to 12 bytes, else a pointer behind 4 of them. */
const CELL_BYTES = 16;
const INLINED_BYTES = 12;

interface TextColumn {
  readonly cells: Uint8Array;
  readonly view: DataView;
  readonly validity: Uint8Array | undefined;
}

/** One row of text columns of DuckDB as bytes and offsets, reused from row to row. */
export class ParquetRow {
  bytes: Uint8Array = new Uint8Array(4096);
  readonly starts = new Int32Array(COLUMNS.length);
  readonly ends = new Int32Array(COLUMNS.length);
  private columns: readonly TextColumn[] = [];

  /** Takes the rows of a chunk whose columns are VARCHAR in the order of {@link COLUMNS}; it must be kept alive meanwhile. */
  use(chunk: DuckDBDataChunk): void {
    this.columns = COLUMNS.map((_, column) => {
      const cells = bindings.vector_get_data(
        bindings.data_chunk_get_vector(chunk.chunk, column),
        chunk.rowCount * CELL_BYTES,
      );
      return {
        cells,
        view: new DataView(cells.buffer, cells.byteOffset, cells.byteLength),
        validity: validityOf(chunk, column),
      };
    });
  }

  /** Makes the row at this index of the chunk the current one; nulls are empty. Returns its length in bytes. */
  take(index: number): number {
    let at = 0;
    for (let column = 0; column < COLUMNS.length; column++) {
      this.starts[column] = at;
      const { cells, view, validity } = this.columns[column] as TextColumn;
      if (isValid(validity, index)) at = this.append(cells, view, index * CELL_BYTES, at);
      this.ends[column] = at;
    }
    return at;
  }

  /** The current row as a line of CSV. */
  asCsv(): Buffer {
    const row = Buffer.from(this.bytes.buffer);
    const fields = COLUMNS.map((_, column) => csvField(row.toString('utf8', this.starts[column], this.ends[column])));
    return Buffer.from(fields.join(','));
  }

  private append(cells: Uint8Array, view: DataView, cell: number, at: number): number {
    const length = view.getUint32(cell, true);
    if (at + length > this.bytes.length) {
      const larger = new Uint8Array((at + length) * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    if (length <= INLINED_BYTES) {
      for (let i = 0; i < length; i++) this.bytes[at + i] = cells[cell + 4 + i] as number;
    } else {
      this.bytes.set(
        bindings.get_data_from_pointer(cells.buffer as ArrayBuffer, cells.byteOffset + cell + 8, length),
        at,
      );
    }
    return at + length;
  }
}
