import { checkDigests, DatasetError, type DatasetVersion } from '#libs/catalog';
import type { Reporter } from '../reporting.js';
import { buildMemory } from './memory.js';
import { ServingReader } from './serving-reader.js';
import { checkCharts } from './verify-charts.js';
import { Faults } from './verify-faults.js';
import { checkArtists } from './verify-artists.js';
import { checkDictionaries, checkIndexes } from './verify-dictionaries.js';

/** Bounds within which a version is verified. */
export interface VerifyOptions {
  readonly memoryLimitBytes: number;
  readonly threads: number;
  readonly tempDir: string;
  readonly reporter: Reporter;
}

/**
 * Checks a version from its files' digests to the last entry: ids and keys, orders, ranges, ranks by region, pages and
 * top lists, and that the content has the digest that names the version. Returns what is wrong, nothing when it is sound.
 */
export async function verifyVersion(version: DatasetVersion, options: VerifyOptions): Promise<readonly string[]> {
  const faults = new Faults();
  const phase = options.reporter.phase('verify', version.manifest.rows.entries * 2, 'rows');
  try {
    await checkDigests(version);
    const reader = await ServingReader.open({
      path: version.servingFile,
      threads: options.threads,
      memoryLimit: buildMemory(options.memoryLimitBytes).duckdb,
      tempDir: options.tempDir,
    });
    try {
      await checkIndexes(reader, faults);
      const served = await reader.dictionaries();
      checkDictionaries(served, version.manifest, faults);
      if (faults.list.length === 0) {
        const sums = await checkCharts(reader, served, version.manifest, faults, phase);
        await checkArtists(reader, served, version.manifest, sums, faults, phase);
      }
    } finally {
      reader.close();
    }
  } catch (error) {
    // What DuckDB or the file system says of a damaged file is a fault of the dataset, not of this program.
    faults.add(error instanceof DatasetError ? error.message : `${version.servingFile}: ${(error as Error).message}`);
  }
  phase.done(faults.list.length === 0 ? 'sound' : `${faults.list.length} faults`);
  return faults.list;
}
