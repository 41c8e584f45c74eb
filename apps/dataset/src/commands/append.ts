import type { Command } from 'commander';
import { openCurrent } from '#libs/catalog';
import { withContext, type Context, type Surroundings } from '../command-context.js';
import { UsageError } from '../reporting.js';
import { addInputOptions, requireOut, type InputFlags } from './limits.js';
import { findInput, makeDataset } from './make-dataset.js';
import { printBuild } from './report.js';

const HELP = `
A chart (region, day) that the dataset holds already is refused, and replaced with --replace. The new version comes beside
the old one; prune removes old ones.

Examples:
  $ npm run dataset -- append regional-us-daily-2021-02-01.csv --out data/real
  $ npm run dataset -- append corrected.csv.gz --out data/real --replace`;

interface AppendFlags extends InputFlags {
  readonly replace?: boolean;
}

/** Adds the command that adds days to a dataset. */
export function addAppend(program: Command, around: Surroundings): void {
  const command = program
    .command('append')
    .summary('add days to a dataset')
    .description('Makes a new version of the current dataset and the rows of more files, and makes it the current one.')
    .argument('<file...>', 'files, patterns and https addresses, as for build')
    .option('--replace', 'replace charts of days that are there already')
    .addHelpText('after', HELP)
    .action(withContext(around, append));
  addInputOptions(command, "the dataset's");
}

async function append(context: Context, patterns: readonly string[], flags: AppendFlags): Promise<void> {
  const start = performance.now();
  const out = requireOut(flags);
  // Before the lock, which would make the directory of a dataset that does not exist.
  const { period } = (await openCurrent(out)).manifest;
  if (flags.period !== undefined && flags.period !== period) {
    throw new UsageError(`--period ${flags.period}: the dataset in ${out} is ${period}; leave the option out.`);
  }
  const files = await findInput(context, patterns, period, flags);
  const made = await makeDataset(context, flags, async (tempDir) => ({
    files: await files(tempDir),
    base: await openCurrent(out),
    replaceDays: flags.replace === true,
    period,
  }));
  printBuild(context, out, made, (performance.now() - start) / 1000);
}
