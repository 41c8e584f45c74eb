import bindings from '@duckdb/node-bindings';
import { DuckDBDataChunk, type DuckDBAppender, type DuckDBType } from '@duckdb/node-api';
import type { Numbers } from './columns.js';

/** Rows of one chunk at the most (DuckDB's vector size). */
export const CHUNK_ROWS = 2048;

/**
 * Appends rows to a table column by column from typed arrays, a memory copy a column instead of a call a value.
 * For each chunk: {@link begin}, then each column once, then {@link end}; {@link close} flushes the appender.
 */
export class ChunkWriter {
  private readonly chunk: DuckDBDataChunk;
  private rows = 0;

  constructor(
    private readonly appender: DuckDBAppender,
    types: readonly DuckDBType[],
  ) {
    this.chunk = DuckDBDataChunk.create(types);
  }

  /** Begins a chunk of so many rows, {@link CHUNK_ROWS} at the most. */
  begin(rows: number): void {
    this.chunk.reset();
    this.chunk.rowCount = rows;
    this.rows = rows;
  }

  /** Copies the first values of the array, as wide as the column's type, into the column. */
  numbers(column: number, source: Numbers): void {
    copy(bindings.data_chunk_get_vector(this.chunk.chunk, column), source, this.rows);
  }

  /** Writes strings (or their UTF-8 bytes); null is NULL. */
  strings(column: number, source: readonly (string | Uint8Array | null)[]): void {
    const vector = bindings.data_chunk_get_vector(this.chunk.chunk, column);
    const nulls = new NullBits(this.rows);
    for (let row = 0; row < this.rows; row++) {
      const value = source[row];
      if (value == null) nulls.add(row);
      else if (typeof value === 'string') bindings.vector_assign_string_element(vector, row, value);
      else bindings.vector_assign_string_element_len(vector, row, value);
    }
    nulls.write(vector);
  }

  /** Marks rows of a column of numbers as null. */
  nulls(column: number, isNull: (row: number) => boolean): void {
    const nulls = new NullBits(this.rows);
    for (let row = 0; row < this.rows; row++) if (isNull(row)) nulls.add(row);
    nulls.write(bindings.data_chunk_get_vector(this.chunk.chunk, column));
  }

  /** Hands the chunk to the table. */
  end(): void {
    this.appender.appendDataChunk(this.chunk);
  }

  /** Flushes what is appended and frees the appender. Throws what DuckDB reports, a full disk for instance. */
  close(): void {
    this.appender.closeSync();
  }
}

type Vector = ReturnType<typeof bindings.data_chunk_get_vector>;

function copy(vector: Vector, source: Numbers, count: number): void {
  const bytes = count * source.BYTES_PER_ELEMENT;
  bindings.copy_data_to_vector(vector, 0, source.buffer as ArrayBuffer, source.byteOffset, bytes);
}

/** Validity bits, written only when there is a null: a vector begins all valid. */
class NullBits {
  private bits: Uint8Array | undefined;

  constructor(private readonly count: number) {}

  add(index: number): void {
    this.bits ??= new Uint8Array(Math.ceil(this.count / 64) * 8).fill(0xff);
    this.bits[index >> 3]! &= ~(1 << (index & 7));
  }

  write(vector: Vector): void {
    if (!this.bits) return;
    bindings.vector_ensure_validity_writable(vector);
    bindings.copy_data_to_vector_validity(vector, 0, this.bits.buffer as ArrayBuffer, 0, this.bits.byteLength);
  }
}
