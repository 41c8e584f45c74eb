import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Option, type Command } from 'commander';
import { UsageError } from '../reporting.js';
import { parseMemory, parseShare, wholeNumber } from '../arguments.js';

/** Bounds of the resources a command uses. */
export interface LimitFlags {
  /** Bytes. */
  readonly memoryLimit: number;
  readonly threads: number;
  readonly tempDir?: string;
}

/** Bounds and meaning of the input of commands that make a version. */
export interface InputFlags extends LimitFlags {
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

/** Adds --out, --max-rejects, --period and the limits. */
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
  return addLimitOptions(command, 'a folder within --out');
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
