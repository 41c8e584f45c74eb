import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CURRENT_FILE, MANIFEST_FILE, REJECTS_FILE, SERVING_FILE, versionFolder, type Manifest } from '../manifest.js';
import { FORMAT_VERSION } from '../tables.js';

/** What the files of {@link writeDataset} hold; their bytes mean nothing here. */
export const FILES: Readonly<Record<string, string>> = { [SERVING_FILE]: 'serving', [REJECTS_FILE]: 'rejects' };

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A sound manifest of {@link FILES}. */
export const MANIFEST: Manifest = {
  formatVersion: FORMAT_VERSION,
  version: sha256('content'),
  period: 'daily',
  createdAt: '2024-01-01T00:00:00Z',
  toolVersion: '0.1.0',
  files: Object.entries(FILES).map(([name, text]) => ({ name, bytes: text.length, sha256: sha256(text) })),
  rows: {
    ...{ entries: 1, top200: 1, viral50: 0, charts: 1, tracks: 1, artists: 1, regions: 1, days: 1 },
    ...{ artistPages: 1, topLists: 3 },
  },
  regions: ['Global'],
  firstDate: '2021-03-01',
  lastDate: '2021-03-01',
  sources: [],
  rejects: {},
  quality: {
    ...{ exactDuplicates: 0, repeatedSongs: 0, doubledRanks: 0 },
    ...{ nullTitles: 0, nullArtists: 0, nullUrls: 0, nullTop200Streams: 0 },
  },
};

/** Name of the version's folder. */
export const NAME = versionFolder(MANIFEST.version);

/** Writes a sound dataset directory with the version {@link MANIFEST} as its current one; returns the version's folder. */
export async function writeDataset(dir: string): Promise<string> {
  const folder = join(dir, NAME);
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, MANIFEST_FILE), JSON.stringify(MANIFEST));
  await writeFile(join(dir, CURRENT_FILE), `${NAME}\n`);
  return folder;
}
