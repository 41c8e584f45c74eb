import { rename, rm } from 'node:fs/promises';
import { UINTEGER, USMALLINT, UTINYINT, type DuckDBConnection, type DuckDBInstance } from '@duckdb/node-api';
import { CHARTS, type DatasetVersion } from '#libs/catalog';
import { CHUNK_ROWS, ChunkWriter } from '#libs/duckdb';
import { NO_STREAMS } from '#libs/serving';
import type { Phase, Reporter } from '../reporting.js';
import { openAttached, type DatabaseBounds } from './attached-database.js';
import { duckdbMemory } from './memory.js';
import { ServingReader } from './serving-reader.js';

/** Where rows are written to, and how. */
export interface ExportOptions {
  /** A file, or a device such as /dev/stdout; CSV is compressed when the name ends in .gz or .zst. */
  readonly file: string;
  readonly format: 'csv' | 'parquet';
  readonly memoryLimitBytes: number;
  readonly threads: number;
  readonly tempDir: string;
  readonly reporter: Reporter;
}

/**
 * Writes all rows of a version in the schema that is built from. A file is written beside its place and renamed, so a
 * failure leaves no half of it. Throws what DuckDB or the file system reports.
 */
export async function exportRows(version: DatasetVersion, options: ExportOptions): Promise<{ readonly rows: number }> {
  const { file, format, reporter, tempDir, threads, memoryLimitBytes } = options;
  const { entries } = version.manifest.rows;
  const phase = reporter.phase('export', entries, 'rows');
  const bounds = { threads, memoryLimit: duckdbMemory(memoryLimitBytes), tempDir };
  const reader = await ServingReader.open({ path: version.servingFile, ...bounds });
  const target = file.startsWith('/dev/') ? file : `${file}.partial-${process.pid}`;
  const instance = await openToExport(version.servingFile, target, bounds);
  try {
    const connection = await instance.connect();
    await unpackEntries(connection, reader, phase);
    await connection.run(`COPY (${ROWS}) TO '${target.replaceAll("'", "''")}' (${copyOptions(file, format)})`);
    if (target !== file) await rename(target, file);
  } finally {
    reader.close();
    instance.closeSync();
    if (target !== file) await rm(target, { force: true });
  }
  phase.done(file);
  return { rows: entries };
}

/** A database in memory that can read a serving file, as `served`, and write the target; nothing else. */
export function openToExport(servingFile: string, target: string, bounds: DatabaseBounds): Promise<DuckDBInstance> {
  return openAttached(servingFile, 'AS served (READ_ONLY)', bounds, [target]);
}

function copyOptions(file: string, format: 'csv' | 'parquet'): string {
  // Without the temporary file of DuckDB's own: the target is one already.
  if (format === 'parquet') return 'FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false';
  const compression = file.endsWith('.gz') ? 'gzip' : file.endsWith('.zst') ? 'zstd' : 'none';
  return `FORMAT csv, HEADER, COMPRESSION ${compression}, USE_TMP_FILE false`;
}

const ROWS = `
  SELECT title, rank, date, artist.name AS artist, url, region.name AS region,
    CASE chart_id ${CHARTS.map((chart, id) => `WHEN ${id} THEN '${chart}'`).join(' ')} END AS chart,
    trend.name AS trend, nullif(streams, ${NO_STREAMS}) AS streams
  FROM entry JOIN served.day USING (day_id) JOIN served.region USING (region_id) JOIN served.track USING (track_id)
  LEFT JOIN served.artist ON artist.artist_id = track.artist_id
  LEFT JOIN served.trend ON trend.trend_id = entry.trend_id`;

const ENTRY_TABLE = `CREATE TABLE entry (
  chart_id UTINYINT, day_id USMALLINT, region_id USMALLINT, track_id UINTEGER, rank USMALLINT, streams UINTEGER, trend_id UTINYINT)`;
const ENTRY_TYPES = [UTINYINT, USMALLINT, USMALLINT, UINTEGER, USMALLINT, UINTEGER, UTINYINT];

/** Unpacks the charts of a serving file into the table `entry`. */
async function unpackEntries(connection: DuckDBConnection, reader: ServingReader, phase: Phase): Promise<void> {
  await connection.run(ENTRY_TABLE);
  const writer = new ChunkWriter(await connection.createAppender('entry'), ENTRY_TYPES);
  for await (const { entries } of reader.charts()) {
    const { chartIds, days, regionIds, trackIds, ranks, streams, trendIds, length } = entries;
    for (let start = 0; start < length; start += CHUNK_ROWS) {
      writer.begin(Math.min(CHUNK_ROWS, length - start));
      for (const [column, values] of [chartIds, days, regionIds, trackIds, ranks, streams, trendIds].entries()) {
        writer.numbers(column, values.subarray(start));
      }
      writer.end();
    }
    phase.advance(length);
  }
  writer.close();
}
