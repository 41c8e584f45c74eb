import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError, readPointer } from '#libs/catalog';
import { disk } from './disk.js';
import { LEFT_OVERS, newName } from './names.js';
import { listVersions } from './versions.js';

/** What pruning did, by the names of the versions' folders. */
export interface Pruned {
  readonly kept: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Removes all versions but the current one and the newest others, so many in all (at least 1). To be called under the
 * directory's lock. Throws {@link DatasetError} when no version is current: then it is unknown what may go.
 */
export async function prune(dir: string, keep: number): Promise<Pruned> {
  const current = await readPointer(dir);
  if (current === undefined) {
    throw new DatasetError('missing', `No dataset in ${dir}: it has no file "current", so nothing is removed.`);
  }
  const versions = await listVersions(dir);
  if (!versions.some(({ name, version }) => name === current && version !== undefined)) {
    throw new DatasetError(
      'incomplete',
      `The current version ${current} of ${dir} is missing or damaged, so nothing is removed. Build it again, or choose a sound one with "npm run dataset -- use ${dir} previous".`,
    );
  }
  const others = versions.filter(({ name }) => name !== current).map(({ name }) => name);
  const removed = others.slice(keep - 1);
  for (const name of removed) {
    // A version half removed must not look like a version.
    const aside = join(dir, newName(LEFT_OVERS.aside));
    await rename(join(dir, name), aside);
    await disk.remove(aside);
  }
  return { kept: [current, ...others.slice(0, keep - 1)], removed };
}
