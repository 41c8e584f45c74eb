import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UsageError, type Reporter } from '../reporting.js';
import type { RowDefaults } from '../rows.js';
import { findLayout, HEAD_BYTES, type Layout } from './csv-layout.js';
import type { CsvColumns } from './csv-scanner.js';
import { expandArguments, type NamedFile } from './file-arguments.js';
import { FileBytes, type Compression } from './file-bytes.js';
import { IgnoredColumns } from './ignored-columns.js';
import { DEFAULT_LIMITS, ParquetReader, type DuckDbLimits } from './parquet.js';
import { parseSpotifyName, type Period } from './spotify-name.js';

interface AnySource {
  /** As named on the command line, or where it was downloaded to. */
  readonly path: string;
  /** Without folders, or the address it was downloaded from. */
  readonly name: string;
  /** Size on disk. */
  readonly bytes: number;
  /** What its dates are, in words for the manifest. */
  readonly dateMeaning: string;
  /** What holds for all its rows. */
  readonly defaults: RowDefaults;
}
/** A CSV file of rows whose layout is known. */
export interface CsvSource extends AnySource {
  readonly kind: 'csv';
  readonly compression: Compression;
  readonly layout: Layout;
  readonly columns: CsvColumns;
}
/** A Parquet file in the export's schema. */
export interface ParquetSource extends AnySource {
  readonly kind: 'parquet';
}
/** A file that rows are read from. */
export type SourceFile = CsvSource | ParquetSource;

/** What {@link findSourceFiles} needs. */
export interface SourceSearch {
  /** Names and patterns. */
  readonly files: readonly string[];
  /** Files that were downloaded, with the names they go by; they come after the others, in this order. */
  readonly downloads?: readonly { readonly path: string; readonly name: string }[];
  /** What the dates of the dataset are; files known to be of the other period are refused. */
  readonly period: Period;
  readonly reporter: Reporter;
  /** Bounds of the DuckDB that looks into Parquet files. */
  readonly duckdb?: DuckDbLimits;
}

/**
 * The files to read, in byte order, each looked into: packing by its first bytes, layout by its header, and for Spotify's
 * downloads region, chart and date by its name. Unknown columns are noticed once. Throws {@link UsageError} that names
 * the file: missing, empty, damaged, without a column that is needed, misnamed, or of the other period.
 */
export async function findSourceFiles(search: SourceSearch): Promise<SourceFile[]> {
  const { period, reporter, duckdb } = search;
  const ignored = new IgnoredColumns();
  const parquet = new ParquetReader(duckdb ?? DEFAULT_LIMITS);
  try {
    const sources: SourceFile[] = [];
    for (const file of await foundFiles(search)) {
      const first = await firstBytes(file);
      refuseForeign(file.path, first);
      const source = isParquet(first)
        ? await parquetSource(file, parquet, ignored)
        : await csvSource(file, first, period, ignored);
      sources.push({ ...source, dateMeaning: period === 'weekly' ? 'chart week' : 'chart day' });
    }
    ignored.notice(reporter);
    return sources;
  } finally {
    await parquet.close();
  }
}

interface FoundFile extends NamedFile {
  readonly name: string;
}

async function foundFiles({ files, downloads = [] }: SourceSearch): Promise<FoundFile[]> {
  const named = downloads.length > 0 && files.length === 0 ? [] : await expandArguments(files);
  const sizes = await Promise.all(downloads.map(({ path }) => stat(path)));
  return [
    ...named.map((file) => ({ ...file, name: basename(file.path) })),
    ...downloads.map((file, index) => ({ ...file, bytes: sizes[index]!.size })),
  ];
}

async function firstBytes({ path, bytes }: NamedFile): Promise<Buffer> {
  if (bytes === 0) throw new UsageError(`${path} is empty.`);
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(bytes, HEAD_BYTES)));
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new UsageError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

async function parquetSource(file: FoundFile, parquet: ParquetReader, ignored: IgnoredColumns) {
  ignored.add(file.path, await parquet.check(file.path));
  return { kind: 'parquet' as const, ...file, defaults: {} };
}

async function csvSource(file: FoundFile, first: Buffer, period: Period, ignored: IgnoredColumns) {
  const { path, name, bytes } = file;
  const compression = compressionOf(first);
  const { head, whole } =
    compression === 'none' ? { head: first, whole: first.length === bytes } : await unpackedHead(path, compression);
  if (head.length === 0) throw new UsageError(`${path} is empty.`);
  const found = findLayout(path, head, whole, /^viral-/i.test(basename(path)));
  ignored.add(path, found.ignored);
  const spotify = found.layout === 'export' ? undefined : parseSpotifyName(path);
  for (const known of [spotify?.period, found.period]) if (known) requirePeriod(path, known, period);
  const { layout, columns } = found;
  return { kind: 'csv' as const, path, name, bytes, compression, layout, columns, defaults: spotify?.defaults ?? {} };
}

function requirePeriod(path: string, found: Period, wanted: Period): void {
  if (found === wanted) return;
  throw new UsageError(
    found === 'weekly'
      ? `${path} is a weekly chart: build it with --period weekly, apart from daily charts.`
      : `${path} is a daily chart: it does not go with --period weekly; build it apart, without that option.`,
  );
}

async function unpackedHead(path: string, compression: Compression): Promise<{ head: Buffer; whole: boolean }> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of new FileBytes(path, compression, HEAD_BYTES).unpacked()) {
    pieces.push(piece);
    length += piece.length;
    if (length > HEAD_BYTES) return { head: Buffer.concat(pieces, HEAD_BYTES), whole: false };
  }
  return { head: Buffer.concat(pieces), whole: true };
}

function startsWith(bytes: Buffer, hex: string): boolean {
  return bytes.subarray(0, hex.length / 2).toString('hex') === hex;
}

function isParquet(first: Buffer): boolean {
  return startsWith(first, '50415231');
}

function compressionOf(first: Buffer): Compression {
  if (startsWith(first, '1f8b')) return 'gzip';
  const skippable = ((first[0] ?? 0) & 0xf0) === 0x50 && first.subarray(1, 4).toString('hex') === '2a4d18';
  return skippable || startsWith(first, '28b52ffd') ? 'zstd' : 'none';
}

/** By their first bytes, files of kinds that are not read. */
const FOREIGN: readonly (readonly [hex: string, kind: string])[] = [
  ['504b0304', 'a zip archive (or spreadsheet): unpack it, or save it as CSV'],
  ['425a68', 'packed with bzip2: unpack it, or pack it with gzip or zstd'],
  ['fd377a585a00', 'packed with xz: unpack it, or pack it with gzip or zstd'],
  ['fffe', 'UTF-16 text: save it as UTF-8'],
  ['feff', 'UTF-16 text: save it as UTF-8'],
];

function refuseForeign(path: string, first: Buffer): void {
  const foreign = FOREIGN.find(([hex]) => startsWith(first, hex));
  if (foreign) throw new UsageError(`${path} is ${foreign[1]}.`);
}
