import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetError } from '#libs/catalog';
import { ServedFile, stampAt } from './served-file.js';

let folder: string;
let path: string;
let file: ServedFile;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'served-file-'));
  path = join(folder, 'charts.duckdb');
  writeFileSync(path, 'as it was');
  utimesSync(path, 1_700_000_000, 1_700_000_000);
  file = await ServedFile.open(path, await stampAt(path));
});
afterEach(async () => {
  await file.close();
  rmSync(folder, { recursive: true });
});

describe('a file that is served', () => {
  it('is well while nobody writes to it, and when only its rights change', async () => {
    file.before();
    spawnSync('chmod', ['600', path]);
    await file.after();
    expect(await file.isInPlace()).toBe(true);
  });

  it.each<[string, () => void]>([
    ['is overwritten', () => writeFileSync(path, 'as it is.')],
    ['grows', () => appendFileSync(path, '!')],
    ['is cut off', () => writeFileSync(path, '')],
  ])('that %s is refused from then on, whatever is done to it after', async (_, change) => {
    await file.after();
    change();
    await expect(file.after()).rejects.toThrow(DatasetError);
    expect(await file.isInPlace()).toBe(false);
    writeFileSync(path, 'as it was');
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    expect(() => file.before()).toThrow(`${path} was written to while it was served`);
    await expect(file.after()).rejects.toThrow('was written to');
  });

  it('goes on when it is deleted or another takes its place, which it tells', async () => {
    const other = join(folder, 'other');
    copyFileSync(path, other);
    rmSync(path);
    await file.after();
    expect(await file.isInPlace()).toBe(false);
    renameSync(other, path);
    await file.after();
    expect(await file.isInPlace()).toBe(false);
  });
});
