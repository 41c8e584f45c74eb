import { stat } from 'node:fs/promises';
import { sha256File } from '#libs/catalog';
import { UsageError, type Phase, type Reporter } from '../reporting.js';
import type { RowSink } from '../rows.js';
import { CsvScanner, type RejectedRow } from './csv-scanner.js';
import { FileBytes } from './file-bytes.js';
import { DEFAULT_LIMITS, ParquetReader, type DuckDbLimits } from './parquet.js';
import type { RejectsWriter } from './rejects.js';
import type { CsvSource, ParquetSource, SourceFile } from './source-files.js';
import { TrackUrlSink } from './track-url-sink.js';

/** What was read from a file. */
export interface SourceSummary {
  /** File name without folders. */
  readonly name: string;
  /** Size on disk, and hexadecimal sha256 of the bytes there. */
  readonly bytes: number;
  readonly sha256: string;
  /** Rows of the file, those rejected among them. */
  readonly rows: number;
  readonly rejected: number;
  /** What the dates of the file are. */
  readonly dateMeaning: string;
}

/** What {@link readSources} needs. */
export interface SourceReading {
  readonly files: readonly SourceFile[];
  readonly sink: RowSink;
  /** Takes the rows that are broken or that the sink refuses; closed by the caller. */
  readonly rejects: RejectsWriter;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
  /** Bounds of the DuckDB that reads Parquet files. */
  readonly duckdb?: DuckDbLimits;
}

/**
 * Reads the files one after the other and hands each row to the sink, or to the rejects with file, line and reason.
 * Throws {@link UsageError} that names a file which is truncated, damaged, or changes while it is read, and the signal's
 * reason when it is aborted.
 */
export async function readSources(reading: SourceReading): Promise<SourceSummary[]> {
  const { files, rejects, reporter, duckdb } = reading;
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const phase = reporter.phase('read files', totalBytes, 'bytes');
  const parquet = new ParquetReader(duckdb ?? DEFAULT_LIMITS);
  const summaries: SourceSummary[] = [];
  try {
    for (const file of files) {
      summaries.push(
        file.kind === 'csv' ? await readCsv(file, reading, phase) : await readParquet(file, reading, phase, parquet),
      );
    }
  } finally {
    await parquet.close();
  }
  const rows = summaries.reduce((sum, summary) => sum + summary.rows, 0);
  phase.done(`${rows.toLocaleString('en-US')} rows of ${files.length.toLocaleString('en-US')} files`);
  if (rejects.kept < rejects.total) {
    reporter.notice(
      `Of ${rejects.total.toLocaleString('en-US')} rejected rows the first ${rejects.kept.toLocaleString('en-US')} are kept.`,
    );
  }
  return summaries;
}

async function readCsv(file: CsvSource, reading: SourceReading, phase: Phase): Promise<SourceSummary> {
  const { sink, rejects, signal } = reading;
  sink.open(file.defaults);
  const rowSink = file.layout === 'spotify-new' ? new TrackUrlSink(sink) : sink;
  const scanner = new CsvScanner(file.columns, rowSink, rejectsOf(file, rejects));
  const bytes = new FileBytes(file.path, file.compression, file.bytes);
  let shown = 0;
  const show = () => {
    phase.advance(bytes.bytesRead - shown);
    shown = bytes.bytesRead;
  };
  try {
    for await (const piece of bytes.unpacked()) {
      signal?.throwIfAborted();
      scanner.write(piece);
      show();
      await rejects.drained();
    }
  } catch (cause) {
    throw cause instanceof UsageError
      ? new UsageError(`${cause.message} ${scanner.rows.toLocaleString('en-US')} rows were read until then.`, { cause })
      : cause;
  }
  scanner.end();
  show();
  await rejects.drained();
  await requireSameSize(file, bytes.bytesRead);
  return summary(file, bytes.digest(), scanner);
}

async function readParquet(
  file: ParquetSource,
  reading: SourceReading,
  phase: Phase,
  parquet: ParquetReader,
): Promise<SourceSummary> {
  const { sink, rejects, signal } = reading;
  signal?.throwIfAborted();
  const sha256 = await sha256File(file.path);
  sink.open(file.defaults);
  let shown = 0;
  const read = await parquet.read(file.path, sink, rejectsOf(file, rejects), async (share) => {
    signal?.throwIfAborted();
    const bytes = Math.floor(file.bytes * share);
    phase.advance(bytes - shown);
    shown = bytes;
    await rejects.drained();
  });
  phase.advance(file.bytes - shown);
  await requireSameSize(file, file.bytes);
  return summary(file, sha256, read);
}

function rejectsOf(file: SourceFile, rejects: RejectsWriter): RejectedRow {
  return (line, reason, bytes, start, end) => rejects.add(file.name, line, reason, bytes, start, end);
}

async function requireSameSize(file: SourceFile, bytesRead: number): Promise<void> {
  const { size } = await stat(file.path);
  if (size === file.bytes && bytesRead === file.bytes) return;
  throw new UsageError(
    `${file.path} changed while it was read: it had ${file.bytes.toLocaleString('en-US')} bytes, now ${size.toLocaleString('en-US')}. Run again when nothing writes to it.`,
  );
}

function summary(
  file: SourceFile,
  sha256: string,
  { rows, rejected }: { readonly rows: number; readonly rejected: number },
): SourceSummary {
  const { name, bytes, dateMeaning } = file;
  return { name, bytes, sha256, rows, rejected, dateMeaning };
}
