import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, filesUnder } from '../setup/tree.js';

const PAGE = readFileSync(join(ROOT, 'docs/threat-model.md'), 'utf8');
const cited = [...PAGE.matchAll(/`((?:tests|apps|libs)\/[\w./-]+)`/g)].map(([, path]) => path!);
const specs = ['tests', 'apps', 'libs']
  .flatMap((folder) => filesUnder(folder))
  .filter((path) => path.endsWith('spec.ts'));

describe('docs/threat-model.md', () => {
  it('cites tests that exist', () => {
    expect(new Set(cited).size).toBeGreaterThan(30);
    expect(cited.filter((path) => !specs.some((spec) => spec.startsWith(path)))).toEqual([]);
  });

  it('cites every file of hostile tests', () => {
    const hostile = specs.filter((spec) => spec.startsWith('tests/hostile/') && !spec.includes('threat-model'));
    expect(hostile.filter((spec) => !cited.some((path) => spec.startsWith(path)))).toEqual([]);
  });
});
