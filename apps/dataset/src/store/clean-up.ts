import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reporter } from '../reporting.js';
import { disk } from './disk.js';
import { LOCK_FILE } from './lock.js';
import { LEFT_OVERS } from './names.js';

/** Removes what builds that were stopped left in the dataset directory, and says so. To be called under the directory's lock. */
export async function cleanUp(dir: string, reporter: Reporter): Promise<readonly string[]> {
  const beginnings = [...Object.values(LEFT_OVERS), `${LOCK_FILE}-`];
  const names = await readdir(dir);
  const found = names.filter((name) => beginnings.some((beginning) => name.startsWith(beginning))).sort();
  for (const name of found) await disk.remove(join(dir, name));
  if (found.length > 0) reporter.notice(`Removed what an interrupted run left in ${dir}: ${found.join(', ')}`);
  return found;
}
