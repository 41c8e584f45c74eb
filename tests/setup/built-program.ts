import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './tree.js';

/** Programs as they are compiled, below dist/, with the folders of what they are compiled from. */
const PROGRAMS = {
  dataset: { path: 'apps/dataset/src/main.js', sources: ['apps/dataset', 'libs'] },
  service: { path: 'apps/api/src/main.js', sources: ['apps/api/src', 'libs'] },
  bareHttp: { path: 'loadtest/bench/servers/bare-http.js', sources: ['loadtest/bench/servers'] },
} as const;

/** Name of a program that tests run as it was compiled. */
export type Program = keyof typeof PROGRAMS;

/** Absolute path of a compiled program. */
export function programPath(program: Program): string {
  return join(ROOT, 'dist', PROGRAMS[program].path);
}

/** Path of the dataset command line as it was compiled. */
export const DATASET_PROGRAM = programPath('dataset');

/** Compiles everything unless what is in dist/ is newer than every source of these programs. */
export async function ensureBuilt(...programs: readonly Program[]): Promise<void> {
  const built = await Promise.all(programs.map((program) => changedMs(programPath(program))));
  const newest = await Promise.all(programs.flatMap((program) => PROGRAMS[program].sources.map(newestMs)));
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
