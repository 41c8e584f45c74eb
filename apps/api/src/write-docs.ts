import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configurationDoc } from './configuration-doc.js';
import { problemsDoc } from './http/problems-doc.js';
import { projectRoot } from './project-root.js';

/** Pages of docs/ that are made from the code: file name and text. `npm run generate` writes them. */
export const GENERATED_DOCS = [
  ['configuration.md', configurationDoc],
  ['problems.md', problemsDoc],
] as const;

if (process.argv[1] === import.meta.filename) {
  for (const [file, text] of GENERATED_DOCS) writeFileSync(join(projectRoot(), 'docs', file), text());
}
