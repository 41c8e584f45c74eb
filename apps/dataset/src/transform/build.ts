import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { REJECTS_FILE, SERVING_FILE, type DatasetVersion, type Manifest } from '#libs/catalog';
import { UsageError, type Reporter } from '../reporting.js';
import type { RowSink } from '../rows.js';
import { readSources } from '../sources/read-sources.js';
import { RejectsWriter } from '../sources/rejects.js';
import type { SourceFile } from '../sources/source-files.js';
import { takeServedRows } from './base-rows.js';
import { Intake } from './intake.js';
import { writeManifest } from './manifest.js';
import { buildMemory, duckdbMemory } from './memory.js';
import { RecordRoom } from './record-room.js';
import { ServingReader } from './serving-reader.js';
import { StagedEntries } from './staged-entries.js';
import { verifyVersion } from './verify.js';
import { openToWrite, writeServingFile } from './write-serving-file.js';

/** What a version is built from, and within which bounds. */
export interface BuildOptions {
  /** Files to read, or instead of them: */
  readonly files: readonly SourceFile[];
  /** rows that a program makes, which come first. */
  readonly generated?: {
    readonly name: string;
    readonly rows: (sink: RowSink, onRows: (count: number) => void) => void | Promise<void>;
  };
  /** The version that is appended to. */
  readonly base?: DatasetVersion;
  /** Whether a chart of a day that the base holds already is replaced; otherwise it is refused. */
  readonly replaceDays: boolean;
  /** Existing, empty folder that becomes the version's. */
  readonly folder: string;
  readonly period: 'daily' | 'weekly';
  /** Largest share of rejected rows, 0 to 1. */
  readonly maxRejects: number;
  readonly memoryLimitBytes: number;
  readonly threads: number;
  /** Where DuckDB puts what does not fit in memory. */
  readonly tempDir: string;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

type Source = Manifest['sources'][number];

/** A version that was written and verified, not yet published. */
export interface BuiltVersion {
  readonly manifest: Manifest;
  readonly folder: string;
}

/**
 * Writes the serving file, the rejected rows and the manifest of a version into a folder and verifies them. Throws
 * {@link UsageError} for input that is refused: no rows, too many rejects, a day that is there already.
 */
export async function buildVersion(options: BuildOptions): Promise<BuiltVersion> {
  const { recordBytes, duckdb } = buildMemory(options.memoryLimitBytes);
  const room = new RecordRoom(recordBytes, options.tempDir);
  const rejects = new RejectsWriter(createWriteStream(join(options.folder, REJECTS_FILE)));
  try {
    const { intake, sources } = await takeRows(new Intake(new StagedEntries(room)), options, rejects);
    await rejects.close();
    checkTaken(intake, rejects, sources, options);
    const written = await writeRows(intake, room, duckdb, options);
    room.close();
    const manifest = await writeManifest(written, { ...options, sources, rejects: rejects.counts });
    const built = { manifest, folder: options.folder };
    const faults = await verifyVersion({ ...built, servingFile: join(options.folder, SERVING_FILE) }, options);
    // A fault here is one of this program, not of the input.
    if (faults.length > 0) throw new Error(`the written version does not verify: ${faults.join('; ')}`);
    return built;
  } finally {
    await rejects.close();
    room.close();
  }
}

async function writeRows(intake: Intake, room: RecordRoom, memoryLimit: string, options: BuildOptions) {
  const { threads, tempDir } = options;
  const instance = await openToWrite(options.folder, { threads, memoryLimit, tempDir });
  try {
    const connection = await instance.connect();
    const written = await writeServingFile(connection, intake, room, options);
    connection.closeSync();
    return written;
  } finally {
    instance.closeSync();
  }
}

async function takeRows(intake: Intake, options: BuildOptions, rejects: RejectsWriter) {
  const { base, files, generated, reporter, signal, tempDir } = options;
  const sources: Source[] = [];
  if (base) {
    const phase = reporter.phase('read the current dataset', base.manifest.rows.entries, 'rows');
    const reader = await ServingReader.open({
      path: base.servingFile,
      threads: 1,
      memoryLimit: duckdbMemory(options.memoryLimitBytes / 4),
      tempDir: options.tempDir,
    });
    await takeServedRows(reader, intake, phase).finally(() => reader.close());
    phase.done();
    sources.push(...base.manifest.sources);
  }
  if (generated) {
    const phase = reporter.phase('make rows', undefined, 'rows');
    const before = intake.rows;
    intake.open({});
    await generated.rows(intake, (rows) => phase.advance(rows));
    phase.done();
    sources.push(generatedSource(generated.name, intake.rows - before));
  }
  if (files.length > 0) {
    const duckdb = { memoryLimit: duckdbMemory(options.memoryLimitBytes / 4), threads: options.threads, tempDir };
    sources.push(...(await readSources({ files, sink: intake, rejects, reporter, signal, duckdb })));
  }
  signal.throwIfAborted();
  intake.close();
  return { intake, sources };
}

function checkTaken(intake: Intake, rejects: RejectsWriter, sources: readonly Source[], options: BuildOptions): void {
  const rejected = rejects.total;
  const read = sources.slice(options.base?.manifest.sources.length ?? 0).reduce((sum, { rows }) => sum + rows, 0);
  if (rejected > options.maxRejects * read) {
    const share = ((rejected / read) * 100).toFixed(2);
    throw new UsageError(
      `${rejected} of ${read} rows (${share} %) are bad, more than --max-rejects ${percent(options.maxRejects)}% allows; nothing was published. ` +
        `By reason: ${rejects.describe()}.`,
    );
  }
  if (intake.rows === 0) throw new UsageError('The input has no rows: there is nothing to serve.');
}

/** A share of 1 in percent as people write it: 0.07 times 100 is 7.000000000000001. */
function percent(share: number): number {
  return Number((share * 100).toPrecision(12));
}

/** A generated source is known by its parameters: they are what its digest is of. */
function generatedSource(name: string, rows: number): Source {
  const sha256 = createHash('sha256').update(name).digest('hex');
  return { name, bytes: 0, sha256, rows, rejected: 0, dateMeaning: 'chart day' };
}
