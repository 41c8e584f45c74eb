import { rename, rm } from 'node:fs/promises';
import { CHARTS, NO_TREND, type DatasetVersion } from '#libs/catalog';
import { openDatabase } from '#libs/duckdb';
import type { Reporter } from '../reporting.js';
import { duckdbMemory } from './memory.js';

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
  const instance = await openDatabase({
    path: version.servingFile,
    readOnly: true,
    threads,
    memoryLimit: duckdbMemory(memoryLimitBytes),
    tempDir,
  });
  const target = file.startsWith('/dev/') ? file : `${file}.partial-${process.pid}`;
  try {
    const connection = await instance.connect();
    await connection.run(`COPY (${ROWS}) TO '${target.replaceAll("'", "''")}' (${copyOptions(file, format)})`);
    if (target !== file) await rename(target, file);
  } finally {
    instance.closeSync();
    if (target !== file) await rm(target, { force: true });
  }
  phase.advance(entries);
  phase.done(file);
  return { rows: entries };
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
    trend.name AS trend, streams
  FROM (
    SELECT chart_key % ${CHARTS.length} AS chart_id,
      chart_key // ${CHARTS.length} % (SELECT count(*) FROM region) AS region_id,
      chart_key // ${CHARTS.length} // (SELECT count(*) FROM region) AS day_id,
      unnest(track_ids) AS track_id, unnest(ranks) AS rank, unnest(streams) AS streams,
      nullif(unnest(trend_ids), ${NO_TREND}) AS trend_id
    FROM chart
  ) AS entry
  JOIN day USING (day_id) JOIN region USING (region_id) JOIN track USING (track_id)
  LEFT JOIN artist ON artist.artist_id = track.artist_id
  LEFT JOIN trend ON trend.trend_id = entry.trend_id`;
