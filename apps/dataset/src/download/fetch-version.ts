import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  checkDigests,
  DatasetError,
  MANIFEST_FILE,
  openVersion,
  readPointer,
  SERVING_FILE,
  versionFolder,
  type Manifest,
} from '#libs/catalog';
import { shortBytes } from '../amounts.js';
import type { Reporter } from '../reporting.js';
import { disk } from '../store/disk.js';
import type { Bounds } from './bounds.js';
import { DownloadError } from './download-error.js';
import { downloadFile } from './download-file.js';
import type { PublishedVersion } from './published-version.js';

/**
 * Beginning of the name of the folder in a dataset directory that holds what is downloaded until it is complete. It is
 * none of the left-overs that are cleaned up: the next run goes on with it. There is one at most, that of the version
 * that was fetched last.
 */
export const DOWNLOAD_FOLDER = '.download-';

/** How much was downloaded, in bytes. */
export interface Fetched {
  readonly downloadedBytes: number;
  /** What an earlier run had downloaded. */
  readonly resumedBytes: number;
}

/** Whether the dataset's current version is this one, each file as its manifest says. */
export async function isCurrent(dir: string, manifest: Manifest): Promise<boolean> {
  try {
    return (await readPointer(dir)) === versionFolder(manifest.version) && (await holds(dir, manifest));
  } catch (error) {
    if (error instanceof DatasetError) return false;
    throw error;
  }
}

/**
 * Puts a published version into the (empty) folder and checks it there, or nothing when the dataset directory holds it
 * already. To be called under the directory's lock. Throws {@link DownloadError}; what was downloaded until then stays
 * for the next time, unless the disk is at fault and had better have the room.
 */
export async function fetchVersion(
  { manifest, text, placesOf }: PublishedVersion,
  { dir, folder }: { readonly dir: string; readonly folder: string },
  bounds: Bounds,
  reporter: Reporter,
): Promise<Fetched> {
  const name = `${DOWNLOAD_FOLDER}${versionFolder(manifest.version)}`;
  const downloads = join(dir, name);
  for (const other of await readdir(dir)) {
    if (other.startsWith(DOWNLOAD_FOLDER) && other !== name) await disk.remove(join(dir, other));
  }
  if (await holds(dir, manifest)) {
    await disk.remove(downloads);
    return { downloadedBytes: 0, resumedBytes: 0 };
  }
  await mkdir(downloads, { recursive: true });
  let fetched: Fetched;
  try {
    fetched = await downloadAll(manifest, placesOf, downloads, bounds, reporter);
  } catch (error) {
    if (error instanceof DownloadError || bounds.signal.aborted) await rmdir(downloads).catch(() => undefined);
    else await disk.remove(downloads);
    throw error;
  }
  for (const file of manifest.files) await disk.rename(join(downloads, partName(file)), join(folder, file.name));
  await disk.remove(downloads);
  await disk.write(join(folder, MANIFEST_FILE), text);
  const phase = reporter.phase('check digests');
  await checkDigests({ folder, manifest, servingFile: join(folder, SERVING_FILE) });
  phase.done('sound');
  return fetched;
}

async function downloadAll(
  { files }: Manifest,
  placesOf: PublishedVersion['placesOf'],
  downloads: string,
  bounds: Bounds,
  reporter: Reporter,
): Promise<Fetched> {
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const phase = reporter.phase('download', totalBytes, 'bytes');
  let resumedBytes = 0;
  for (const file of files) {
    const downloaded = await downloadFile({
      places: placesOf(file.name),
      path: join(downloads, partName(file)),
      expected: { bytes: file.bytes, sha256: file.sha256 },
      bounds,
      begin: () => phase,
    });
    resumedBytes += downloaded.resumedBytes;
  }
  phase.done(resumedBytes === 0 ? undefined : `${shortBytes(resumedBytes)} were here already`);
  return { downloadedBytes: totalBytes - resumedBytes, resumedBytes };
}

/** The digest tells it from a file of the same name in another build of the version. */
function partName({ name, sha256 }: Manifest['files'][number]): string {
  return `${name}.${sha256.slice(0, 16)}`;
}

async function holds(dir: string, { version }: Manifest): Promise<boolean> {
  try {
    const held = await openVersion(dir, versionFolder(version));
    if (held.manifest.version !== version) return false;
    await checkDigests(held);
    return true;
  } catch (error) {
    if (error instanceof DatasetError) return false;
    throw error;
  }
}
