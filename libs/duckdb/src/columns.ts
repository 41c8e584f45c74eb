import bindings from '@duckdb/node-bindings';
import type { DuckDBDataChunk } from '@duckdb/node-api';

type Vector = ReturnType<typeof bindings.data_chunk_get_vector>;

/** A numeric column as the typed array of its values; a view that is valid as long as its chunk is. */
export type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;
/** Constructor of a typed array whose element is as wide as the column's. */
export type NumbersOf<T extends Numbers> = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T;

/**
 * The values of a column of fixed width, without a copy. The type has to be as wide as the column's; nulls are not
 * looked at (see {@link validityOf}).
 */
export function numbers<T extends Numbers>(chunk: DuckDBDataChunk, column: number, type: NumbersOf<T>): T {
  return values(bindings.data_chunk_get_vector(chunk.chunk, column), chunk.rowCount, type);
}

/** A bit a row of the column, 0 where it is null; undefined when none is. */
export function validityOf(chunk: DuckDBDataChunk, column: number): Uint8Array | undefined {
  return validity(bindings.data_chunk_get_vector(chunk.chunk, column), chunk.rowCount);
}

/** Whether the value at this index is not null. */
export function isValid(bits: Uint8Array | undefined, index: number): boolean {
  return bits === undefined || (bits[index >> 3]! & (1 << (index & 7))) !== 0;
}

function values<T extends Numbers>(vector: Vector, count: number, type: NumbersOf<T>): T {
  if (count === 0) return new type(new ArrayBuffer(0), 0, 0);
  const width = (type as unknown as { BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
  const data = bindings.vector_get_data(vector, count * width);
  return new type(data.buffer, data.byteOffset, count);
}

function validity(vector: Vector, count: number): Uint8Array | undefined {
  if (count === 0) return undefined;
  return bindings.vector_get_validity(vector, Math.ceil(count / 64) * 8) ?? undefined;
}
