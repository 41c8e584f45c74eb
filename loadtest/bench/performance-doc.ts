import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FOLDER = 'docs';
const PAGE = 'performance.md';
const NUMBERS = 'performance.json';

/**
 * Replaces what stands between the marks of a section in docs/performance.md, or another page; the rest of it is written
 * by hand. Throws when the page has no such section.
 */
export async function writeSection(name: string, markdown: string, folder = FOLDER, page = PAGE): Promise<void> {
  const file = join(folder, page);
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const text = await readFile(file, 'utf8');
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
  if (start < 0 || stop < start) throw new Error(`${file} has no section between "${begin}" and "${end}"`);
  await writeFile(file, `${text.slice(0, start + begin.length)}\n\n${markdown.trim()}\n\n${text.slice(stop)}`);
  format(file);
}

/** Puts the numbers of a part into docs/performance.json; those of the other parts stay. */
export async function writeNumbers(part: string, numbers: object, folder = FOLDER): Promise<void> {
  const file = join(folder, NUMBERS);
  const known = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>) : {};
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(5)) : value);
  await writeFile(file, JSON.stringify({ ...known, [part]: numbers }, rounded));
  format(file);
}

/** Writes a picture into docs/. */
export async function writePicture(name: string, svg: string, folder = FOLDER): Promise<void> {
  await writeFile(join(folder, name), svg);
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Tables are aligned and JSON is laid out by the formatter, as everywhere. */
function format(file: string): void {
  execFileSync(process.execPath, ['node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', file]);
}
