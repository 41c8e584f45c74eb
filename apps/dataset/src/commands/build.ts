import type { Command } from 'commander';
import { withContext, type Context, type Surroundings } from '../command-context.js';
import { addInputOptions, requireOut, type InputFlags } from './limits.js';
import { findInput, makeDataset } from './make-dataset.js';
import { printBuild } from './report.js';

const HELP = `
Files: CSV (plain, .gz, .zst) or Parquet in the schema title,rank,date,artist,url,region,chart,trend,streams, columns in
any order; and Spotify's own chart downloads, named such as regional-us-daily-2021-01-01.csv. Bad rows go to
rejects.csv.gz beside the serving file. An https address is downloaded first, checked against its #sha256=HEX if it has
one; the name in its path counts as the file's. The version that is served now stays as it is until the new one is complete.

Examples:
  $ npm run dataset -- build charts.csv.gz --out data/real
  $ npm run dataset -- build 'https://data.example/charts.csv.gz#sha256=HEX' --out data/real
  $ npm run dataset -- build 'downloads/*.csv' --out data/real --memory-limit 1GB
  $ npm run dataset -- build weekly/*.csv --out data/weekly --period weekly --json`;

/** Adds the command that builds a dataset from files. */
export function addBuild(program: Command, around: Surroundings): void {
  const command = program
    .command('build')
    .summary('build a dataset from chart files')
    .description('Builds a version of a dataset from chart files and makes it the current one.')
    .argument('<file...>', 'files, patterns and https addresses')
    .addHelpText('after', HELP)
    .action(withContext(around, build));
  addInputOptions(command, 'daily');
}

async function build(context: Context, patterns: readonly string[], flags: InputFlags): Promise<void> {
  const start = performance.now();
  const out = requireOut(flags);
  const period = flags.period ?? 'daily';
  const files = await findInput(context, patterns, period, flags);
  const made = await makeDataset(context, flags, async (tempDir) => ({
    files: await files(tempDir),
    replaceDays: false,
    period,
  }));
  printBuild(context, out, made, (performance.now() - start) / 1000);
}
