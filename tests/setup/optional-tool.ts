import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './tree.js';

/**
 * Path of a program that not every machine can have: on the PATH, or where install-tools.sh puts it. Undefined where there
 * is none, and the reason for what is skipped is printed.
 */
export function optionalTool(name: string, reason: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(ROOT, '.tools', name)];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) process.stderr.write(`Skipped, as ${name} is not here: ${reason}\n`);
  return found;
}
