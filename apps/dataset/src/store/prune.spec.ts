import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prune } from './prune.js';
import { placeVersion } from './testing/fake-version.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'prune-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function fiveVersions() {
  const names: string[] = [];
  for (const month of [1, 2, 3, 4, 5]) {
    const createdAt = `2024-0${month}-01T00:00:00Z`;
    names.push(await placeVersion(dir, `month ${month}`, { createdAt, current: month === 2 }));
  }
  return names as [string, string, string, string, string];
}

const folders = async () => (await readdir(dir)).filter((name) => name !== 'current').sort();

describe('prune', () => {
  it('keeps the current version, old as it may be, and the newest others', async () => {
    const [january, february, march, april, may] = await fiveVersions();
    expect(await prune(dir, 3)).toEqual({ kept: [february, may, april], removed: [march, january] });
    expect(await folders()).toEqual([february, april, may].sort());
  });

  it('keeps the current version alone when one is to be kept', async () => {
    const [, february] = await fiveVersions();
    await prune(dir, 1);
    expect(await folders()).toEqual([february]);
  });

  it('removes nothing when there are no more than are to be kept', async () => {
    await fiveVersions();
    expect((await prune(dir, 9)).removed).toEqual([]);
    expect(await folders()).toHaveLength(5);
  });

  it('removes damaged versions before old ones', async () => {
    const [january, february, march, april, may] = await fiveVersions();
    await rm(join(dir, may, 'manifest.json'));
    expect((await prune(dir, 4)).removed).toEqual([may]);
    expect(await folders()).toEqual([january, february, march, april].sort());
  });

  it('leaves folders alone that are no versions', async () => {
    await fiveVersions();
    await mkdir(join(dir, 'backup'));
    await prune(dir, 1);
    expect(await folders()).toContain('backup');
  });

  it('removes nothing without a sound current version', async () => {
    await fiveVersions();
    await writeFile(join(dir, 'current'), '0123456789abcdef\n');
    await expect(prune(dir, 1)).rejects.toThrow(/0123456789abcdef .* is missing or damaged, so nothing is removed/);
    await rm(join(dir, 'current'));
    await expect(prune(dir, 1)).rejects.toThrow(/no file "current", so nothing is removed/);
    expect(await folders()).toHaveLength(5);
  });
});
