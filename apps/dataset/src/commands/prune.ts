import type { Command } from 'commander';
import { openCurrent } from '#libs/catalog';
import { counted } from '../amounts.js';
import { wholeNumber } from '../arguments.js';
import { withContext, type Context, type Surroundings } from '../command-context.js';
import { cleanUp } from '../store/clean-up.js';
import { lockDataset } from '../store/lock.js';
import { prune } from '../store/prune.js';

const HELP = `
Services that still read a removed version go on doing so until they close it.

Example:
  $ npm run dataset -- prune data/real --keep 2`;

interface PruneFlags {
  readonly keep: number;
}

/** Adds the command that removes old versions. */
export function addPrune(program: Command, around: Surroundings): void {
  program
    .command('prune')
    .summary('remove old versions')
    .description('Removes old versions of a dataset; the current one always stays.')
    .argument('<dir>', 'the dataset directory')
    .requiredOption('--keep <n>', 'versions to keep, the current one among them', wholeNumber(1, 10_000))
    .addHelpText('after', HELP)
    .action(withContext(around, pruneDataset));
}

async function pruneDataset(context: Context, dir: string, { keep }: PruneFlags): Promise<void> {
  // Before the lock, which would make the directory of a dataset that does not exist.
  await openCurrent(dir);
  const lock = await lockDataset(dir, context.line);
  try {
    await cleanUp(dir, context.progress);
    const { kept, removed } = await prune(dir, keep);
    const list = removed.length === 0 ? '' : `: ${removed.join(', ')}`;
    context.print(`Removed ${counted(removed.length, 'version')}${list}; kept ${kept.join(', ')}`, {
      dir,
      kept,
      removed,
    });
  } finally {
    await lock.release();
  }
}
