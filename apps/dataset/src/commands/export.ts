import { Option, type Command } from 'commander';
import { openCurrent, type DatasetVersion } from '#libs/catalog';
import { fullCount, shortTime } from '../amounts.js';
import { withContext, type Context, type Surroundings } from '../command-context.js';
import { UsageError } from '../reporting.js';
import { exportRows, type ExportOptions } from '../transform/export.js';
import { addLimitOptions, withTempDir, type LimitFlags } from './limits.js';
import { rounded } from './report.js';

const HELP = `
The rows come in the schema that build reads. A name that ends in .csv.gz or .csv.zst is compressed. Without --file, CSV
goes to the standard output, and the result is not printed.

Examples:
  $ npm run dataset -- export data/real --format parquet --file charts.parquet
  $ npm run dataset -- export data/real --file charts.csv.gz
  $ npm run -s dataset -- export data/real --format csv | head`;

const STANDARD_OUTPUT = '/dev/stdout';

type Format = 'csv' | 'parquet';

interface ExportFlags extends LimitFlags {
  readonly format?: Format;
  readonly file?: string;
}

/** Adds the command that writes a dataset's rows to a file. */
export function addExport(program: Command, around: Surroundings): void {
  const command = program
    .command('export')
    .summary("write a dataset's rows to a file")
    .description('Writes the rows of the current version of a dataset as CSV or Parquet: the way back.')
    .argument('<dir>', 'the dataset directory')
    .addOption(
      new Option('--format <format>', 'default: by the name of the file, else csv').choices(['csv', 'parquet']),
    )
    .option('--file <path>', 'file to write')
    .addHelpText('after', HELP)
    .action(withContext(around, exportDataset));
  addLimitOptions(command, "the system's");
}

async function exportDataset(context: Context, dir: string, flags: ExportFlags): Promise<void> {
  const format = formatOf(flags);
  const start = performance.now();
  const version = await openCurrent(dir);
  const rows = await withTempDir(flags.tempDir, async (tempDir) => {
    const bounds = { memoryLimitBytes: flags.memoryLimit, threads: flags.threads, tempDir, reporter: context.progress };
    return flags.file === undefined
      ? exportToPipe(version, { file: STANDARD_OUTPUT, format, ...bounds })
      : (await exportRows(version, { file: flags.file, format, ...bounds })).rows;
  });
  const seconds = (performance.now() - start) / 1000;
  if (flags.file === undefined || rows === undefined) return;
  context.print(`${fullCount(rows)} rows in ${flags.file} (${shortTime(seconds)})`, {
    dir,
    file: flags.file,
    format,
    rows,
    seconds: rounded(seconds),
  });
}

/** The reader of a pipe may leave early, as `head` does: that is no fault. */
async function exportToPipe(version: DatasetVersion, options: ExportOptions): Promise<number | undefined> {
  try {
    return (await exportRows(version, options)).rows;
  } catch (error) {
    if (error instanceof Error && error.message.includes('Broken pipe')) return undefined;
    throw error;
  }
}

function formatOf({ file, format }: ExportFlags): Format {
  const named = file === undefined ? undefined : formatByName(file);
  if (file !== undefined && named === undefined) {
    throw new UsageError(`--file ${file}: expected a name that ends in .csv, .csv.gz, .csv.zst or .parquet.`);
  }
  if (file === undefined && format === 'parquet') {
    throw new UsageError('--format parquet needs --file PATH: only CSV can go to the standard output.');
  }
  if (format !== undefined && named !== undefined && format !== named) {
    throw new UsageError(`--format ${format} does not go with --file ${file}, whose name says ${named}.`);
  }
  return format ?? named ?? 'csv';
}

function formatByName(file: string): Format | undefined {
  if (/\.csv(\.gz|\.zst)?$/.test(file)) return 'csv';
  return file.endsWith('.parquet') ? 'parquet' : undefined;
}
