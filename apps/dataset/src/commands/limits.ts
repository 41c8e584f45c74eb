import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { PATIENCE, type Patience } from '../download/bounds.js';
import { UsageError } from '../reporting.js';
import { parseMemory, parseShare, wholeNumber } from '../arguments.js';

/** Bounds of the resources a command uses. */
export interface LimitFlags {
  /** Bytes. */
  readonly memoryLimit: number;
  readonly threads: number;
  readonly tempDir?: string;
}

/** How long downloads are tried. */
export interface DownloadFlags {
  readonly retries: number;
  readonly timeoutSeconds: number;
}

/** Bounds and meaning of the input of commands that make a version from files. */
export interface InputFlags extends LimitFlags, DownloadFlags {
  readonly out?: string;
  /** 0 to 1. */
  readonly maxRejects: number;
  readonly period?: 'daily' | 'weekly';
}

/**
 * The dataset directory of --out; throws {@link UsageError} when it is missing. Commander would say so before it says
 * that "--outt" is none of its options, which is what helps.
 */
export function requireOut({ out }: Pick<InputFlags, 'out'>): string {
  if (out === undefined) throw new UsageError('No dataset directory is given: add --out DIR.');
  return out;
}

/** Adds --memory-limit, --threads and --temp-dir. */
export function addLimitOptions(command: Command, tempDirDefault: string): Command {
  return command
    .addOption(
      new Option(
        '--memory-limit <size>',
        'memory of the whole process, such as 512MB, 2GB or 2GiB; beyond it, the disk is used',
      )
        .argParser(parseMemory)
        .default(parseMemory('2GB'), '2GB'),
    )
    .addOption(
      new Option('--threads <n>', 'threads of DuckDB')
        .argParser(wholeNumber(1, 256))
        .default(availableParallelism(), 'one per processor'),
    )
    .addOption(new Option('--temp-dir <dir>', `folder for temporary files (default: ${tempDirDefault})`));
}

/** Adds --retries and --timeout-seconds. */
export function addDownloadOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--retries <n>', 'attempts in a row that may fail after the first, for each file that is downloaded')
        .argParser(wholeNumber(0, 1000))
        .default(PATIENCE.retries),
    )
    .addOption(
      new Option('--timeout-seconds <n>', 'longest time for all downloads together')
        .argParser(wholeNumber(1, 604_800))
        .default(PATIENCE.timeoutMs / 1000),
    );
}

/** The patience that the options ask for. */
export function patienceOf({ retries, timeoutSeconds }: DownloadFlags): Patience {
  return { ...PATIENCE, retries, timeoutMs: timeoutSeconds * 1000 };
}

/** Adds --out, --max-rejects, --period, the limits and those of downloads. */
export function addInputOptions(command: Command, periodDefault: string): Command {
  command
    .option('--out <dir>', 'the dataset directory (required)')
    .addOption(
      new Option('--max-rejects <share>', 'refuse the input when a larger share of its rows is bad, such as 1% or 0.01')
        .argParser(parseShare)
        .default(0.01, '1%'),
    )
    .addOption(
      new Option('--period <period>', `what a chart's date stands for (default: ${periodDefault})`).choices([
        'daily',
        'weekly',
      ]),
    );
  addLimitOptions(command, 'a folder within --out');
  return addDownloadOptions(command);
}

/** Runs something with a temporary folder that is removed afterwards. */
export async function withTempDir<T>(parent: string | undefined, run: (tempDir: string) => Promise<T>): Promise<T> {
  const tempDir = await mkdtemp(join(parent ?? tmpdir(), 'spotify-charts-'));
  try {
    return await run(tempDir);
  } finally {
    await rm(tempDir, { recursive: true, force: true });
  }
}
