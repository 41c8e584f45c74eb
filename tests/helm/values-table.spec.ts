import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART } from './chart.js';
import { valueRows, valuesTable, withTable } from './values-table.js';

describe('the table of values', () => {
  it('in the README is what values.yaml says; UPDATE=1 npm test -- tests/helm/values-table writes it anew', () => {
    const path = join(CHART, 'README.md');
    const readme = readFileSync(path, 'utf8');
    const right = withTable(readme, valuesTable(valueRows(readFileSync(join(CHART, 'values.yaml'), 'utf8'))));
    if (process.env['UPDATE'] === '1') writeFileSync(path, right);
    expect(readFileSync(path, 'utf8')).toBe(right);
  });

  it('has a row for each described value, by its path', () => {
    const rows = valueRows(
      '# About the file.\n\n# -- One.\na: 1\nb:\n  # -- Two,\n  # -- and more.\n  c: [x]\n  d:\n    # -- Three.\n    e: {}\n# -- All of f.\nf:\n  g: "|"\n',
    );
    expect(rows).toEqual([
      { path: 'a', defaultText: '1', meaning: 'One.' },
      { path: 'b.c', defaultText: '["x"]', meaning: 'Two, and more.' },
      { path: 'b.d.e', defaultText: '{}', meaning: 'Three.' },
      { path: 'f', defaultText: '{"g":"|"}', meaning: 'All of f.' },
    ]);
    expect(valuesTable(rows).split('\n').at(-1)).toBe('| `f` | `{"g":"\\|"}` | All of f. |');
  });

  it('is refused when a value is not described, or the README has no place for it', () => {
    expect(() => valueRows('# -- One.\na: 1\nb:\n  c: 2\n')).toThrow('b.c has no description');
    expect(() => withTable('# A page', '')).toThrow('<!-- values -->');
  });
});
