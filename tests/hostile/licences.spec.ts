import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { table } from '../../loadtest/bench/performance-doc.js';
import { ROOT } from '../setup/tree.js';
import { RUNTIME } from './runtime-packages.js';

const PAGE = join(ROOT, 'docs/licences.md');

/** Licences that let this be used and passed on without giving sources; none asks for more than its own text. */
const ALLOWED = new Set([
  ...['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'Unlicense', 'CC0-1.0'],
]);

/** Whether an SPDX expression can be met by allowed licences alone. */
function isAllowed(expression: string | undefined): boolean {
  if (expression === undefined) return false;
  const bare = expression.replaceAll(/[()]/g, '');
  if (bare.includes(' AND ')) return bare.split(' AND ').every(isAllowed);
  return bare.split(' OR ').some((licence) => ALLOWED.has(licence.trim()));
}

/** The page as it has to be. */
async function page(): Promise<string> {
  const counts = new Map<string, number>();
  for (const { licence = 'none' } of RUNTIME) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  const sums = [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([licence, count]) => [`\`${licence}\``, String(count)]);
  const rows = RUNTIME.map(({ name, version, licence = 'none' }) => [`\`${name}\``, version, `\`${licence}\``]);
  const text = `# Licences

The packages that run in production, those for other platforms among them, with their licences. \`tests/hostile/licences\` makes this page
(\`UPDATE=1 npm test -- tests/hostile/licences\`), and fails when it is no longer right, or when one of them is under a licence that is not among
those allowed. None is copyleft. The texts are in the image, beside each package.

${table(['licence', 'packages'], sums)}

${table(['package', 'version', 'licence'], rows)}
`;
  return format(text, { ...(await resolveConfig(PAGE)), parser: 'markdown' });
}

describe('packages that run in production', () => {
  it('are under licences that allow it, none of them copyleft', () => {
    expect(RUNTIME.length).toBeGreaterThan(50);
    expect(RUNTIME.filter(({ licence }) => !isAllowed(licence))).toEqual([]);
  });

  it('are listed each with its licence in docs/licences.md', async () => {
    const right = await page();
    if (process.env['UPDATE'] !== undefined) writeFileSync(PAGE, right);
    expect(readFileSync(PAGE, 'utf8')).toBe(right);
  });
});

describe('the rule on licences', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0)', true],
    ['MIT AND Apache-2.0', true],
    ['MIT AND GPL-3.0-only', false],
    ['AGPL-3.0', false],
    ['LGPL-2.1-or-later', false],
    ['MPL-2.0', false],
    ['SEE LICENSE IN LICENSE', false],
    [undefined, false],
  ])('says of %s: %s', (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });
});
