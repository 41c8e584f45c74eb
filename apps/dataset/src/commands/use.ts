import { basename } from 'node:path';
import type { Command } from 'commander';
import { counted } from '../amounts.js';
import { withContext, type Context, type Surroundings } from '../command-context.js';
import { chooseVersion, heldVersions } from '../store/choose.js';
import { cleanUp } from '../store/clean-up.js';
import { lockDataset } from '../store/lock.js';
import { pointTo } from '../store/publish.js';
import { verifyVersion } from '../transform/verify.js';
import { addLimitOptions, withTempDir, type LimitFlags } from './limits.js';
import { contentLines, table } from './report.js';
import { FaultsFound } from './verify.js';

const HELP = `
VERSION is the beginning of a name that "info" shows, at least 4 digits, or "previous": the newest that was made before the
current one. It is verified first; one that is not sound is not made current, and the faults are listed (exit code 1). Services
that watch the dataset take it over without a restart.

Examples:
  $ npm run dataset -- use data/real previous
  $ npm run dataset -- use data/real 1f3a`;

/** Adds the command that makes another version that is there the current one. */
export function addUse(program: Command, around: Surroundings): void {
  const command = program
    .command('use')
    .summary('make another version that is there the current one')
    .description('Makes another version of a dataset the current one, for the way back after a bad one.')
    .argument('<dir>', 'the dataset directory')
    .argument('<version>', 'the version: the beginning of its name, or "previous"')
    .addHelpText('after', HELP)
    .action(withContext(around, useVersion));
  addLimitOptions(command, "the system's");
}

async function useVersion(context: Context, dir: string, wish: string, flags: LimitFlags): Promise<void> {
  // Before the lock, which would make the directory of a dataset that does not exist.
  await heldVersions(dir);
  const lock = await lockDataset(dir, context.line);
  try {
    await cleanUp(dir, context.progress);
    const version = await chooseVersion(dir, wish);
    const { manifest, folder } = version;
    const limits = { memoryLimitBytes: flags.memoryLimit, threads: flags.threads, reporter: context.progress };
    const faults = await withTempDir(flags.tempDir, (tempDir) => verifyVersion(version, { ...limits, tempDir }));
    context.signal.throwIfAborted();
    if (faults.length > 0) {
      const list = faults.map((fault) => `- ${fault}`).join('\n');
      const text = `${counted(faults.length, 'fault')} in ${folder}, so the current version stays:\n${list}`;
      context.print(text, { dir, used: false, version: manifest.version, faults });
      throw new FaultsFound();
    }
    const before = (await heldVersions(dir)).current;
    const name = basename(folder);
    await pointTo(dir, name);
    const result = { dir, used: true, version: manifest.version, folder, before: before ?? null };
    const was = before === name ? 'it was before' : (before ?? 'none');
    context.print(table([['current', folder], ['before', was], ...contentLines(manifest)]), result);
  } finally {
    await lock.release();
  }
}
