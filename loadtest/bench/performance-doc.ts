import { readFile, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';

const DOC = 'docs/performance.md';

/** Replaces what stands between the marks of a section in docs/performance.md; the rest of the page is written by hand. */
export async function writeSection(name: string, markdown: string): Promise<void> {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const page = await readFile(DOC, 'utf8');
  const [start, stop] = [page.indexOf(begin), page.indexOf(end)];
  if (start < 0 || stop < start) throw new Error(`${DOC} has no section between "${begin}" and "${end}"`);
  await writeFile(DOC, `${page.slice(0, start + begin.length)}\n\n${markdown.trim()}\n\n${page.slice(stop)}`);
  // Tables are aligned by the formatter, as everywhere.
  execFileSync(process.execPath, ['node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', DOC]);
}

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
