import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CURRENT_FILE,
  checkDigests,
  DatasetError,
  openVersion,
  readPointer,
  versionFolder,
  type DatasetVersion,
  type Manifest,
} from '#libs/catalog';
import { disk as realDisk, type Disk } from './disk.js';
import { LEFT_OVERS, newName } from './names.js';

/** How a version came to be the current one: newly put there, in place of a damaged one, or found there. */
export type Published = 'new' | 'repaired' | 'already there';

/**
 * Makes the version in the work folder (within the dataset directory, complete and verified) the current one. Everything
 * is on the disk before the pointer is, and the pointer is replaced in one step: whenever this stops, the pointer names
 * what it named before or the new version. To be called under the directory's lock.
 */
export async function publish(
  dir: string,
  work: string,
  manifest: Manifest,
  disk: Disk = realDisk,
): Promise<Published> {
  const name = versionFolder(manifest.version);
  const target = join(dir, name);
  let outcome: Published = 'new';
  let aside: string | undefined;
  if (await isSound(dir, name, manifest.version)) {
    outcome = 'already there';
    await disk.remove(work);
  } else {
    await syncAll(work, disk);
    if (await exists(target)) {
      outcome = 'repaired';
      aside = join(dir, newName(LEFT_OVERS.aside));
      await disk.rename(target, aside);
    }
    await disk.rename(work, target);
    await disk.sync(dir, 'folder');
  }
  await pointTo(dir, name, disk);
  if (aside !== undefined) await disk.remove(aside);
  return outcome;
}

/** Whether the folder holds this very version, each file as the manifest says. */
async function isSound(dir: string, name: string, version: string): Promise<boolean> {
  try {
    const found: DatasetVersion = await openVersion(dir, name);
    if (found.manifest.version !== version) return false;
    await checkDigests(found);
    return true;
  } catch (error) {
    if (error instanceof DatasetError) return false;
    throw error;
  }
}

async function syncAll(folder: string, disk: Disk): Promise<void> {
  for (const entry of await readdir(folder)) await disk.sync(join(folder, entry), 'file');
  await disk.sync(folder, 'folder');
}

/** Makes a version that is there the current one, in one step; nothing when it is. To be called under the directory's lock. */
export async function pointTo(dir: string, name: string, disk: Disk = realDisk): Promise<void> {
  if ((await currentName(dir)) === name) return;
  const draft = join(dir, newName(LEFT_OVERS.pointer));
  await disk.write(draft, `${name}\n`);
  await disk.sync(draft, 'file');
  await disk.rename(draft, join(dir, CURRENT_FILE));
  await disk.sync(dir, 'folder');
}

/** As readPointer, but a pointer that makes no sense is none: it is about to be replaced. */
async function currentName(dir: string): Promise<string | undefined> {
  try {
    return await readPointer(dir);
  } catch (error) {
    if (error instanceof DatasetError && error.fault === 'corrupt') return undefined;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
