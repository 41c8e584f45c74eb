import {
  BLOB,
  DOUBLE,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBInstance,
  type DuckDBType,
} from '@duckdb/node-api';
import fc from 'fast-check';
import { CHUNK_ROWS, ChunkWriter } from './chunk-writer.js';
import { isValid, numbers, validityOf, type Numbers } from './columns.js';
import { openMemory } from './testing/memory-database.js';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await openMemory();
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

type Kind = typeof Uint8Array | typeof Uint16Array | typeof Uint32Array | typeof Float64Array;
interface Width {
  readonly name: string;
  readonly type: DuckDBType;
  readonly kind: Kind;
  readonly values: fc.Arbitrary<number>;
}

const WIDTHS: readonly Width[] = [
  { name: 'UTINYINT', type: UTINYINT, kind: Uint8Array, values: fc.integer({ min: 0, max: 0xff }) },
  { name: 'USMALLINT', type: USMALLINT, kind: Uint16Array, values: fc.integer({ min: 0, max: 0xffff }) },
  { name: 'UINTEGER', type: UINTEGER, kind: Uint32Array, values: fc.integer({ min: 0, max: 0xffff_ffff }) },
  { name: 'DOUBLE', type: DOUBLE, kind: Float64Array, values: fc.double({ noNaN: true }) },
];

/** Writes one column in chunks of the given lengths and hands each chunk that is read back to a function. */
async function roundTrip(
  type: DuckDBType,
  name: string,
  chunkRows: readonly number[],
  write: (writer: ChunkWriter, start: number, rows: number) => void,
  read: (chunk: Parameters<typeof numbers>[0]) => void,
): Promise<void> {
  await connection.run(`CREATE OR REPLACE TABLE written (value ${name})`);
  const writer = new ChunkWriter(await connection.createAppender('written'), [type]);
  let start = 0;
  for (const rows of chunkRows) {
    writer.begin(rows);
    write(writer, start, rows);
    writer.end();
    start += rows;
  }
  writer.close();
  const result = await connection.stream('SELECT value FROM written');
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
    read(chunk);
}

/** Lengths of chunks that make up so many rows. */
const inChunks = (rows: number, most: number) =>
  Array.from({ length: Math.ceil(rows / most) }, (_, i) => Math.min(most, rows - i * most));

describe.each(WIDTHS)('a column of $name', ({ name, type, kind, values }) => {
  const array = (of: readonly number[]): Numbers => kind.from(of);
  const read = numbers as (chunk: Parameters<typeof numbers>[0], column: number, type: Kind) => Numbers;

  it('comes back as it was written, nulls where they were', async () => {
    const cells = fc.array(fc.option(values), { minLength: 1, maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(cells, fc.integer({ min: 1, max: 130 }), async (rows, most) => {
        const found: (number | null)[] = [];
        const write = (writer: ChunkWriter, start: number, count: number) => {
          const part = rows.slice(start, start + count);
          writer.numbers(0, array(part.map((value) => value ?? 0)));
          writer.nulls(0, (row) => part[row] === null);
        };
        await roundTrip(type, name, inChunks(rows.length, most), write, (chunk) => {
          const [column, valid] = [read(chunk, 0, kind), validityOf(chunk, 0)];
          for (let row = 0; row < chunk.rowCount; row++) found.push(isValid(valid, row) ? column[row]! : null);
        });
        expect(found).toEqual(rows);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a column of texts', () => {
  it('comes back as it was written, from strings or their bytes, nulls where they were', async () => {
    const cells = fc.array(fc.option(fc.string({ unit: 'binary', maxLength: 40 })), { minLength: 1, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(cells, fc.boolean(), fc.integer({ min: 1, max: 130 }), async (rows, asBytes, most) => {
        const write = (writer: ChunkWriter, start: number, count: number) => {
          const part = rows.slice(start, start + count);
          writer.strings(0, asBytes ? part.map((text) => (text === null ? null : Buffer.from(text))) : part);
        };
        await roundTrip(VARCHAR, 'VARCHAR', inChunks(rows.length, most), write, () => undefined);
        const found = await connection.runAndReadAll('SELECT value FROM written');
        expect(found.getRowsJS().map(([text]) => text)).toEqual(rows);
      }),
      { numRuns: 25 },
    );
  });

  it('of bytes holds any bytes', async () => {
    const blobs = [Buffer.from([0, 255, 254, 0]), Buffer.alloc(0), Buffer.alloc(70_000, 7)];
    await roundTrip(
      BLOB,
      'BLOB',
      [3],
      (writer) => writer.strings(0, blobs),
      () => undefined,
    );
    const found = await connection.runAndReadAll('SELECT octet_length(value), hex(value) FROM written');
    expect(found.getRowsJS()).toEqual(blobs.map((blob) => [BigInt(blob.length), blob.toString('hex').toUpperCase()]));
  });
});

describe('a chunk writer', () => {
  it('takes chunks of the most rows there can be, and writes nothing of a chunk before', async () => {
    const found: number[] = [];
    const rows = [CHUNK_ROWS, CHUNK_ROWS, 3];
    const write = (writer: ChunkWriter, start: number, count: number) => {
      writer.numbers(
        0,
        Uint32Array.from({ length: CHUNK_ROWS }, (_, row) => start + row),
      );
      if (start === 0) writer.nulls(0, (row) => row === 0);
      expect(count).toBeGreaterThan(0);
    };
    let nulls = 0;
    await roundTrip(UINTEGER, 'UINTEGER', rows, write, (chunk) => {
      const valid = validityOf(chunk, 0);
      numbers(chunk, 0, Uint32Array).forEach((value, row) => {
        if (isValid(valid, row)) found.push(value);
        else nulls++;
      });
    });
    expect(nulls).toBe(1);
    expect(found).toEqual(Array.from({ length: CHUNK_ROWS * 2 + 2 }, (_, i) => i + 1));
  });
});
