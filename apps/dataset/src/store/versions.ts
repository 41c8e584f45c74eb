import { readdir } from 'node:fs/promises';
import { DatasetError, openVersion, type DatasetVersion } from '#libs/catalog';

/** A version's folder in a dataset directory. */
export interface HeldVersion {
  /** Name of the folder. */
  readonly name: string;
  /** Undefined when the version is damaged or of another format. */
  readonly version: DatasetVersion | undefined;
}

/** All versions in a dataset directory, newest first, the unreadable ones last. */
export async function listVersions(dir: string): Promise<readonly HeldVersion[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory() && /^[0-9a-f]{16}$/.test(entry.name));
  const held = await Promise.all(names.map(async ({ name }) => ({ name, version: await readable(dir, name) })));
  return held.sort((a, b) => time(b) - time(a) || (a.name < b.name ? -1 : 1));
}

function time({ version }: HeldVersion): number {
  return version === undefined ? -Infinity : Date.parse(version.manifest.createdAt);
}

async function readable(dir: string, name: string): Promise<DatasetVersion | undefined> {
  try {
    return await openVersion(dir, name);
  } catch (error) {
    if (error instanceof DatasetError) return undefined;
    throw error;
  }
}
