import type { Context } from '../command-context.js';
import { makeVersion, type NewVersion } from '../store/new-version.js';
import { buildVersion, type BuildOptions } from '../transform/build.js';
import { requireOut, type InputFlags } from './limits.js';

/** What a version is made of. */
export type Input = Pick<BuildOptions, 'files' | 'generated' | 'base' | 'replaceDays' | 'period'>;

/** Builds and publishes a version within the bounds of the flags; the input is asked for under the lock. */
export function makeDataset(
  { progress: reporter, signal, line }: Context,
  flags: Omit<InputFlags, 'period'>,
  input: () => Promise<Input> | Input,
): Promise<NewVersion> {
  return makeVersion(
    { dir: requireOut(flags), command: line, tempDir: flags.tempDir, reporter, signal },
    async (workplace) => {
      const { manifest } = await buildVersion({
        ...(await input()),
        ...workplace,
        maxRejects: flags.maxRejects,
        memoryLimitBytes: flags.memoryLimit,
        threads: flags.threads,
        reporter,
        signal,
      });
      return manifest;
    },
  );
}
