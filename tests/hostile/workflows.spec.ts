import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { optionalTool } from '../setup/optional-tool.js';
import { ROOT } from '../setup/tree.js';

const actionlint = optionalTool('actionlint', 'sh tests/setup/install-tools.sh builds it where there is Go.');
const FOLDER = join(ROOT, '.github/workflows');

/** What actionlint says of a workflow on standard input, or of files. */
function lint(args: readonly string[], input = ''): string {
  const { stdout, stderr, error } = spawnSync(actionlint!, ['-no-color', '-oneline', ...args], {
    cwd: ROOT,
    input,
    encoding: 'utf8',
  });
  if (error) throw error;
  return stdout + stderr;
}

(actionlint === undefined ? describe.skip : describe)('the linter of workflows', () => {
  it.each(readdirSync(FOLDER))('has nothing to say of %s', (name) => {
    expect(lint([join(FOLDER, name)])).toBe('');
  });

  it.each([
    ['a property that does not exist', 'echo ${{ github.nothing }}', 'property "nothing" is not defined'],
    ['what a stranger wrote in a script', 'echo ${{ github.event.head_commit.message }}', 'potentially untrusted'],
  ])('finds %s', (_, run, said) => {
    const text = `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: ${run}\n`;
    expect(lint(['-'], text)).toContain(said);
  });
});
