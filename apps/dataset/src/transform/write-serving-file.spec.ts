import { openDatabase } from '#libs/duckdb';
import { BuildFolder, MEMORY_BYTES } from './testing/build-folder.js';
import { chartCsv, chartRow } from './testing/chart-rows.js';
import { BLOCK_BYTES } from './write-serving-file.js';

describe('a serving file', () => {
  it('has small blocks, whatever the default of DuckDB', async () => {
    const folder = await BuildFolder.create();
    const { servingFile } = await folder.build({ 'charts.csv': chartCsv([chartRow()]) });
    const bounds = { threads: 1, memoryLimit: `${MEMORY_BYTES}B`, tempDir: folder.path };
    const instance = await openDatabase({ path: servingFile, readOnly: true, ...bounds });
    try {
      const connection = await instance.connect();
      const rows = await (await connection.run('SELECT block_size FROM pragma_database_size()')).getRows();
      expect(rows).toEqual([[BigInt(BLOCK_BYTES)]]);
      connection.closeSync();
    } finally {
      instance.closeSync();
      await folder.remove();
    }
  });
});
