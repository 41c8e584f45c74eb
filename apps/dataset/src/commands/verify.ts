import type { Command } from 'commander';
import { DatasetError, openCurrent, type DatasetVersion } from '#libs/catalog';
import { counted, shortTime } from '../amounts.js';
import { withContext, type Context, type Surroundings } from '../command-context.js';
import { verifyVersion } from '../transform/verify.js';
import { addLimitOptions, withTempDir, type LimitFlags } from './limits.js';
import { contentLines, rounded, table } from './report.js';

const HELP = `
Checks digests, counts, keys, orders and ranges. Exits with 1 and a list of what is wrong, if anything is.

Example:
  $ npm run dataset -- verify data/real`;

/** The dataset is not sound; thrown after the list was printed. */
export class FaultsFound extends Error {
  override readonly name = 'FaultsFound';
}

/** Adds the command that checks a dataset. */
export function addVerify(program: Command, around: Surroundings): void {
  const command = program
    .command('verify')
    .summary('check a dataset')
    .description('Checks the current version of a dataset from the digests of its files to the last entry.')
    .argument('<dir>', 'the dataset directory')
    .addHelpText('after', HELP)
    .action(withContext(around, verify));
  addLimitOptions(command, "the system's");
}

async function verify(context: Context, dir: string, flags: LimitFlags): Promise<void> {
  const start = performance.now();
  const version = await openOrFaults(dir);
  const faults = version instanceof DatasetError ? [version.message] : await faultsOf(version, context, flags);
  const seconds = rounded((performance.now() - start) / 1000);
  if (faults.length > 0 || version instanceof DatasetError) {
    context.print(`${counted(faults.length, 'fault')} in ${dir}:\n${faults.map((fault) => `- ${fault}`).join('\n')}`, {
      dir,
      sound: false,
      faults,
      seconds,
    });
    throw new FaultsFound();
  }
  const { manifest, folder } = version;
  context.print(table([['sound', folder], ...contentLines(manifest), ['time', shortTime(seconds)]]), {
    dir,
    sound: true,
    faults,
    version: manifest.version,
    rows: manifest.rows,
    seconds,
  });
}

async function openOrFaults(dir: string): Promise<DatasetVersion | DatasetError> {
  try {
    return await openCurrent(dir);
  } catch (error) {
    if (error instanceof DatasetError) return error;
    throw error;
  }
}

function faultsOf(version: DatasetVersion, context: Context, flags: LimitFlags): Promise<readonly string[]> {
  return withTempDir(flags.tempDir, (tempDir) =>
    verifyVersion(version, {
      memoryLimitBytes: flags.memoryLimit,
      threads: flags.threads,
      tempDir,
      reporter: context.progress,
    }),
  );
}
