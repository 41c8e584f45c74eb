import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FORMAT_VERSION, MANIFEST_FILE, REJECTS_FILE, SERVING_FILE, versionFolder, type Manifest } from '#libs/catalog';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Writes a version into the folder (made if need be) whose files are as its manifest says; its serving file is only text. */
export async function writeVersion(
  folder: string,
  content: string,
  createdAt = '2024-01-01T00:00:00Z',
): Promise<Manifest> {
  await mkdir(folder, { recursive: true });
  const files = { [SERVING_FILE]: `serving ${content}`, [REJECTS_FILE]: '' };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const manifest: Manifest = {
    formatVersion: FORMAT_VERSION,
    version: sha256(content),
    period: 'daily',
    createdAt,
    toolVersion: '0.0.0',
    files: Object.entries(files).map(([name, text]) => ({ name, bytes: text.length, sha256: sha256(text) })),
    rows: {
      entries: 1,
      top200: 1,
      viral50: 0,
      charts: 1,
      tracks: 1,
      artists: 1,
      regions: 1,
      days: 1,
      artistPages: 1,
      topLists: 1,
    },
    regions: ['Global'],
    firstDate: '2017-01-01',
    lastDate: '2017-01-01',
    sources: [],
    rejects: {},
    quality: {
      exactDuplicates: 0,
      repeatedSongs: 0,
      doubledRanks: 0,
      nullTitles: 0,
      nullArtists: 0,
      nullUrls: 0,
      nullTop200Streams: 0,
    },
  };
  await writeFile(join(folder, MANIFEST_FILE), JSON.stringify(manifest));
  return manifest;
}

/** Puts a version into the dataset directory by itself and points to it if it is to be the current one; returns its folder's name. */
export async function placeVersion(
  dir: string,
  content: string,
  options: { current?: boolean; createdAt?: string } = {},
) {
  const name = versionFolder(sha256(content));
  await writeVersion(join(dir, name), content, options.createdAt);
  if (options.current) await writeFile(join(dir, 'current'), `${name}\n`);
  return name;
}
