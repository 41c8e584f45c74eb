import type { DuckDBDataChunk } from '@duckdb/node-api';
import { ByteColumn } from '#libs/duckdb';
import { COLUMNS } from '../rows.js';
import { csvField } from './csv-field.js';

/** One row of text columns of DuckDB as bytes and offsets, reused from row to row. */
export class ParquetRow {
  bytes: Uint8Array = new Uint8Array(4096);
  readonly starts = new Int32Array(COLUMNS.length);
  readonly ends = new Int32Array(COLUMNS.length);
  private columns: readonly ByteColumn[] = [];

  /** Takes the rows of a chunk whose columns are VARCHAR in the order of {@link COLUMNS}; it must be kept alive meanwhile. */
  use(chunk: DuckDBDataChunk): void {
    this.columns = COLUMNS.map((_, column) => new ByteColumn(chunk, column));
  }

  /** Makes the row at this index of the chunk the current one; nulls are empty. Returns its length in bytes. */
  take(index: number): number {
    let at = 0;
    for (let column = 0; column < COLUMNS.length; column++) {
      const values = this.columns[column]!;
      this.starts[column] = at;
      this.reserve(at + values.length(index));
      at = values.copy(index, this.bytes, at);
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

  private reserve(length: number): void {
    if (length <= this.bytes.length) return;
    const larger = new Uint8Array(length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
