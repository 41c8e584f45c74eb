import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Folder of the project's package.json, from which the program was started or built. Throws when there is none above. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error(`There is no package.json above ${import.meta.dirname}`);
    folder = dirname(folder);
  }
  return folder;
}
