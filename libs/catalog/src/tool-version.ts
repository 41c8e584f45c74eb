import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PACKAGE = 'spotify-charts';

/**
 * Version of this program, from its package.json: the nearest one of this name above the module, which is found from the
 * sources as well as from dist/. Throws when there is none, which means that the program is installed incompletely.
 */
export function toolVersion(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const found = readPackage(join(folder, 'package.json'));
    if (found?.name === PACKAGE) return found.version;
    if (dirname(folder) === folder) throw new Error(`no package.json of ${PACKAGE} above ${import.meta.dirname}`);
  }
}

function readPackage(path: string): { readonly name: string; readonly version: string } | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { name: string; version: string };
  } catch {
    return undefined;
  }
}
