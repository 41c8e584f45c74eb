import { createHash } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { versionFolder, type Manifest } from '#libs/catalog';
import type { Reporter } from '../reporting.js';
import { cleanUp } from './clean-up.js';
import { disk } from './disk.js';
import { lockDataset } from './lock.js';
import { LEFT_OVERS, newName } from './names.js';
import { publish, type Published } from './publish.js';

/** Where a version is made. */
export interface Workplace {
  /** Empty folder that becomes the version's. */
  readonly folder: string;
  /** Empty folder for temporary files. */
  readonly tempDir: string;
}

/** A version that has become the current one. */
export interface NewVersion {
  readonly manifest: Manifest;
  /** Its folder. */
  readonly folder: string;
  readonly published: Published;
}

/** Options of {@link makeVersion}. */
export interface MakeOptions {
  readonly dir: string;
  /** Shown to those who find the directory locked. */
  readonly command: string;
  /** Folder in which the temporary files' folder is made; the dataset directory by default. */
  readonly tempDir: string | undefined;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/**
 * Makes a version under the directory's lock and publishes it; whatever is thrown in between, the current version stays
 * as it is and the work is removed. Throws {@link LockedError} when another process writes there.
 */
export async function makeVersion(
  options: MakeOptions,
  make: (workplace: Workplace) => Promise<Manifest>,
): Promise<NewVersion> {
  const { reporter, signal } = options;
  const dir = await followed(options.dir);
  const lock = await lockDataset(dir, options.command);
  const work = join(dir, newName(LEFT_OVERS.work));
  let tempDir = `${work}-temp`;
  try {
    if (options.tempDir !== undefined) tempDir = await tempFolder(dir, options.tempDir);
    await cleanUp(dir, reporter);
    await disk.remove(tempDir);
    await mkdir(work);
    await mkdir(tempDir, { recursive: true });
    const manifest = await make({ folder: work, tempDir });
    await disk.remove(tempDir);
    signal.throwIfAborted();
    const published = await publish(dir, work, manifest);
    return { manifest, folder: join(dir, versionFolder(manifest.version)), published };
  } finally {
    await removeQuietly([work, tempDir], reporter);
    await lock.release();
  }
}

/**
 * Where a directory is, made if need be: as it was named, or where a link on the way leads. A link is followed once, for
 * it may be turned meanwhile, and would then lead the work to one place and the lock or the pointer to another.
 */
async function followed(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true });
  const real = await realpath(dir);
  return real === resolve(dir) ? dir : real;
}

/** Its name depends on the dataset directory alone, so that the next run finds what this one may leave. */
async function tempFolder(dir: string, parent: string): Promise<string> {
  const digest = createHash('sha256')
    .update(await realpath(dir))
    .digest('hex');
  return join(parent, `spotify-charts-${digest.slice(0, 16)}`);
}

/** A fault here must not hide the one that led here; the next run cleans up. */
async function removeQuietly(paths: readonly string[], reporter: Reporter): Promise<void> {
  for (const path of paths) {
    try {
      await disk.remove(path);
    } catch (error) {
      reporter.notice(`Cannot remove ${path}: ${(error as Error).message}`);
    }
  }
}
