import { BLOB, type DuckDBConnection, type DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { ByteColumn } from './byte-column.js';
import { ChunkWriter } from './chunk-writer.js';
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

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a column of bytes', () => {
  it('holds each value as it was written, short and long, null as an empty one', async () => {
    const value = fc.oneof(fc.uint8Array({ maxLength: 14 }), fc.uint8Array({ maxLength: 5000 }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(value), { minLength: 1, maxLength: 200 }), async (values) => {
        await connection.run('CREATE OR REPLACE TABLE held (value BLOB)');
        const writer = new ChunkWriter(await connection.createAppender('held'), [BLOB]);
        writer.begin(values.length);
        writer.strings(0, values);
        writer.end();
        writer.close();
        const found: string[] = [];
        for (const chunk of await (await connection.run('SELECT value FROM held')).fetchAllChunks()) {
          const column = new ByteColumn(chunk, 0);
          for (let row = 0; row < chunk.rowCount; row++) {
            const bytes = column.get(row);
            expect(column.length(row)).toBe(bytes.length);
            const copy = new Uint8Array(bytes.length + 2);
            expect(column.copy(row, copy, 1)).toBe(bytes.length + 1);
            expect(hex(copy)).toBe(`00${hex(bytes)}00`);
            found.push(hex(bytes));
          }
        }
        expect(found).toEqual(values.map((bytes) => hex(bytes ?? Buffer.alloc(0))));
      }),
      { numRuns: 40 },
    );
  });

  it('of texts holds their UTF-8', async () => {
    const texts = ['', 'twelve bytes', 'thirteen byte', '바람 🎵 바람 🎵'];
    const rows = texts.map((text) => `('${text}')`).join();
    const [chunk] = await (await connection.run(`SELECT * FROM (VALUES ${rows}) AS t(text)`)).fetchAllChunks();
    const column = new ByteColumn(chunk!, 0);
    expect(texts.map((_, row) => Buffer.from(column.get(row)).toString())).toEqual(texts);
  });
});
