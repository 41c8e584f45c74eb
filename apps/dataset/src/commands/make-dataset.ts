import { basename, join } from 'node:path';
import type { Context } from '../command-context.js';
import { startBounds } from '../download/bounds.js';
import { hideSecrets, isAddress } from '../download/place.js';
import { downloadSources, parseSourceAddresses } from '../download/source-addresses.js';
import { UsageError } from '../reporting.js';
import { findSourceFiles, type SourceFile } from '../sources/source-files.js';
import type { Period } from '../sources/spotify-name.js';
import { makeVersion, type NewVersion } from '../store/new-version.js';
import { buildVersion, type BuildOptions } from '../transform/build.js';
import { patienceOf, requireOut, type DownloadFlags, type InputFlags } from './limits.js';

/** What a version is made of. */
export type Input = Pick<BuildOptions, 'files' | 'generated' | 'base' | 'replaceDays' | 'period'>;

/**
 * Builds and publishes a version within the bounds of the flags; the input is asked for under the lock, with a folder
 * for temporary files.
 */
export function makeDataset(
  { progress: reporter, signal, line }: Context,
  flags: Omit<InputFlags, 'period' | keyof DownloadFlags>,
  input: (tempDir: string) => Promise<Input> | Input,
): Promise<NewVersion> {
  return makeVersion(
    { dir: requireOut(flags), command: hideSecrets(line), tempDir: flags.tempDir, reporter, signal },
    async (workplace) => {
      const found = await input(workplace.tempDir);
      const build = buildVersion({
        ...found,
        ...workplace,
        maxRejects: flags.maxRejects,
        memoryLimitBytes: flags.memoryLimit,
        threads: flags.threads,
        reporter,
        signal,
      });
      const { manifest } = await build.catch((error: unknown) => Promise.reject(named(error, found.files)));
      return manifest;
    },
  );
}

/**
 * Looks for the files and addresses that arguments name. Files are looked into at once, so that what is wrong with them
 * is said before anything is locked or downloaded; addresses are downloaded when the files are asked for.
 */
export async function findInput(
  { progress: reporter, signal }: Context,
  args: readonly string[],
  period: Period,
  flags: DownloadFlags,
): Promise<(tempDir: string) => Promise<readonly SourceFile[]>> {
  const addresses = parseSourceAddresses(args.filter(isAddress));
  const names = args.filter((argument) => !isAddress(argument));
  const files =
    addresses.length > 0 && names.length === 0 ? [] : await findSourceFiles({ files: names, period, reporter });
  return async (tempDir) => {
    if (addresses.length === 0) return files;
    using bounds = startBounds(patienceOf(flags), signal, reporter.notice);
    const downloads = await downloadSources(addresses, join(tempDir, 'downloads'), bounds, reporter);
    const search = findSourceFiles({ files: [], downloads, period, reporter });
    return [...files, ...(await search.catch((error: unknown) => Promise.reject(named(error, downloads))))];
  };
}

/** The error in terms of the addresses: the user does not know where a download is put. */
function named(error: unknown, files: readonly Pick<SourceFile, 'path' | 'name'>[]): unknown {
  if (!(error instanceof UsageError)) return error;
  const downloads = files.filter(({ path, name }) => name !== basename(path));
  const message = downloads.reduce((text, { path, name }) => text.replaceAll(path, name), error.message);
  return new UsageError(message, { cause: error });
}
