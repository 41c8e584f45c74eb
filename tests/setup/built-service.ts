import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './tree.js';

/** The service and the bare server it is compared with, as they were compiled; paths below dist/. */
export const BUILT = {
  service: 'apps/api/src/main.js',
  bare: 'loadtest/bench/servers/bare-http.js',
} as const;

const SOURCES = ['apps/api/src', 'libs', 'loadtest/bench/servers'];

/** Compiles everything unless what is in dist/ is newer than every source of the service and of the bare server. */
export async function ensureServiceBuilt(): Promise<void> {
  const built = await Promise.all(Object.values(BUILT).map((path) => changedMs(join(ROOT, 'dist', path))));
  const newest = await Promise.all(SOURCES.map(newestMs));
  if (Math.min(...built) > Math.max(...newest)) return;
  await promisify(execFile)('npm', ['run', '-s', 'build'], { cwd: ROOT });
}

async function newestMs(folder: string): Promise<number> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const sources = entries.filter((entry) => entry.isFile() && /(?<!spec)\.ts$/.test(entry.name));
  return Math.max(...(await Promise.all(sources.map(({ parentPath, name }) => changedMs(join(parentPath, name))))));
}

/** When a file was written, long ago when there is none. */
async function changedMs(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return -Infinity;
  }
}
