import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetError } from '#libs/catalog';
import { ServedFile, stampAt } from './served-file.js';

let folder: string;
let path: string;
let file: ServedFile;
const make = async (isLocal: boolean) => {
  folder = mkdtempSync(join(tmpdir(), 'served-file-'));
  path = join(folder, 'charts.duckdb');
  writeFileSync(path, 'as it was');
  utimesSync(path, 1_700_000_000, 1_700_000_000);
  file = await ServedFile.open(path, await stampAt(path), isLocal);
};
/** As it is waited for by whoever asks: what it throws is as good as what it rejects with. */
const after = async () => file.after();
afterEach(async () => {
  await file.close();
  rmSync(folder, { recursive: true });
});

describe.each([
  ['on a local file system', true],
  ['on another one', false],
])('a file that is served %s', (_name, isLocal) => {
  beforeEach(() => make(isLocal));

  it('is looked at at once, or by another thread', async () => {
    const looking = file.after();
    expect(looking === undefined).toBe(isLocal);
    await looking;
  });

  it('is well while nobody writes to it, and when only its rights change', async () => {
    file.before();
    spawnSync('chmod', ['600', path]);
    await after();
    expect(await file.isInPlace()).toBe(true);
  });

  it.each<[string, () => void]>([
    ['is overwritten', () => writeFileSync(path, 'as it is.')],
    ['grows', () => appendFileSync(path, '!')],
    ['is cut off', () => writeFileSync(path, '')],
  ])('that %s is refused from then on, whatever is done to it after', async (_, change) => {
    await after();
    change();
    await expect(after()).rejects.toThrow(DatasetError);
    expect(await file.isInPlace()).toBe(false);
    writeFileSync(path, 'as it was');
    utimesSync(path, 1_700_000_000, 1_700_000_000);
    expect(() => file.before()).toThrow(`${path} was written to while it was served`);
    await expect(after()).rejects.toThrow('was written to');
  });

  it('goes on when it is deleted or another takes its place, which it tells', async () => {
    const other = join(folder, 'other');
    copyFileSync(path, other);
    rmSync(path);
    await after();
    expect(await file.isInPlace()).toBe(false);
    renameSync(other, path);
    await after();
    expect(await file.isInPlace()).toBe(false);
  });
});

it('is looked at by another thread where its system is not known to be local', async () => {
  await make(true);
  // procfs is none of the known ones; elsewhere than on Linux nothing is known.
  const unknown = process.platform === 'linux' ? '/proc/version' : path;
  const other = await ServedFile.open(unknown, await stampAt(unknown));
  const looking = other.after();
  expect(looking).toBeInstanceOf(Promise);
  await looking;
  await other.close();
});
