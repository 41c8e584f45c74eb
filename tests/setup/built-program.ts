import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');

/** The command line as it was compiled. */
export const DATASET_PROGRAM = join(ROOT, 'dist/apps/dataset/src/main.js');

/** Compiles the program unless what is in dist/ is newer than every source of the command line and the libraries. */
export async function ensureBuilt(): Promise<void> {
  const built = await stat(DATASET_PROGRAM).then(
    ({ mtimeMs }) => mtimeMs,
    () => -Infinity,
  );
  if (built > (await newestSource())) return;
  await promisify(execFile)('npm', ['run', '-s', 'build'], { cwd: ROOT });
}

async function newestSource(): Promise<number> {
  let newest = -Infinity;
  for (const folder of ['apps/dataset', 'libs']) {
    for (const entry of await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/(?<!spec)\.ts$/.test(entry.name)) continue;
      newest = Math.max(newest, (await stat(join(entry.parentPath, entry.name))).mtimeMs);
    }
  }
  return newest;
}
