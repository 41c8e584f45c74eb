import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository's root, with a slash at the end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const NOT_OURS = new Set(['node_modules', '.tools', 'dist', 'coverage', '.git']);

/** Paths of the files below a folder of the repository, relative to its root and sorted; what is built or downloaded is left out. */
export function filesUnder(folder = ''): readonly string[] {
  return readdirSync(ROOT + folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (NOT_OURS.has(entry.name) || (folder === 'data' && entry.name !== 'README.md')) return [];
      return entry.isDirectory() ? filesUnder(path) : [path];
    })
    .toSorted();
}
