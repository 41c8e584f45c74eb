import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table, writeNumbers, writePicture, writeSection } from './performance-doc.js';

const PAGE =
  '# Title\n\nBy hand.\n\n<!-- begin a -->\n<!-- end a -->\n\nBetween.\n\n<!-- begin b -->\n\nold\n\n<!-- end b -->\n';

describe('the page of measurements', () => {
  let folder: string;
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'performance-'));
    writeFileSync(join(folder, 'performance.md'), PAGE);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gets what is between the marks of a section replaced, and nothing else', async () => {
    await writeSection('b', `new\n\n${table(['x', ''], [['a long cell', '1']])}`, folder);
    const once = read('performance.md');
    expect(once).toBe(
      PAGE.replace('old', 'new\n\n| x           |     |\n| ----------- | --- |\n| a long cell | 1   |'),
    );
    await writeSection('b', 'old', folder);
    expect(read('performance.md')).toBe(PAGE);
  });

  it('takes text with signs that a replacement would read', async () => {
    await writeSection('a', "costs $& and $1 and $'", folder);
    expect(read('performance.md')).toContain("costs $& and $1 and $'\n");
  });

  it('must have the section', async () => {
    await expect(writeSection('c', 'x', folder)).rejects.toThrow('<!-- begin c -->');
    expect(read('performance.md')).toBe(PAGE);
  });

  it('has its numbers beside it, by part, to five digits', async () => {
    await writeNumbers('hot', { rows: [{ cpuUs: [12.345678, 0.1 + 0.2] }] }, folder);
    await writeNumbers('cold', { runs: 5 }, folder);
    await writeNumbers('hot', { rows: [{ cpuUs: [1 / 3] }] }, folder);
    expect(JSON.parse(read('performance.json'))).toEqual({ hot: { rows: [{ cpuUs: [0.33333] }] }, cold: { runs: 5 } });
    expect(read('performance.json').endsWith('}\n')).toBe(true);
  });

  it('has pictures as they are', async () => {
    await writePicture('a.svg', '<svg/>\n', folder);
    expect(read('a.svg')).toBe('<svg/>\n');
  });
});
