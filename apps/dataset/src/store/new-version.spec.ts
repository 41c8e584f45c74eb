import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { openCurrent } from '#libs/catalog';
import { silent } from '../reporting.js';
import { lockDataset } from './lock.js';
import { makeVersion, type MakeOptions } from './new-version.js';
import { placeVersion, writeVersion } from './testing/fake-version.js';

let root: string;
let dir: string;
let options: MakeOptions;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'new-version-'));
  dir = join(root, 'dataset');
  const signal = new AbortController().signal;
  options = { dir, command: 'dataset build', tempDir: undefined, reporter: silent, signal };
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('makeVersion', () => {
  it('makes the directory, publishes what was made and leaves nothing else behind', async () => {
    const made = await makeVersion(options, async ({ folder, tempDir }) => {
      expect(await readdir(folder)).toEqual([]);
      expect(await readdir(tempDir)).toEqual([]);
      expect(dirname(tempDir)).toBe(dir);
      await writeFile(join(tempDir, 'spilled'), 'x');
      return writeVersion(folder, 'one');
    });
    expect(made.published).toBe('new');
    expect((await openCurrent(dir)).folder).toBe(made.folder);
    expect((await readdir(dir)).sort()).toEqual([basename(made.folder), 'current'].sort());
  });

  it('leaves the current version and nothing else when the making fails', async () => {
    const served = await placeVersion(dir, 'served', { current: true });
    const failing = makeVersion(options, async ({ folder }) => {
      await writeFile(join(folder, 'half'), 'x');
      throw new Error('no space');
    });
    await expect(failing).rejects.toThrow('no space');
    expect((await readdir(dir)).sort()).toEqual([served, 'current'].sort());
  });

  it('publishes nothing when it was interrupted, even at the very end', async () => {
    const controller = new AbortController();
    const interrupted = makeVersion({ ...options, signal: controller.signal }, async ({ folder }) => {
      const manifest = await writeVersion(folder, 'one');
      controller.abort();
      return manifest;
    });
    await expect(interrupted).rejects.toThrow('aborted');
    expect(await readdir(dir)).toEqual([]);
  });

  it('does not begin while another holds the lock, and leaves that one’s work alone', async () => {
    const lock = await lockDataset(dir, 'first');
    await mkdir(join(dir, '.work-1-aa'));
    const second = makeVersion(options, async ({ folder }) => writeVersion(folder, 'two'));
    await expect(second).rejects.toThrow('"first"');
    expect((await readdir(dir)).sort()).toEqual(['.lock', '.work-1-aa']);
    await lock.release();
  });

  it('finds elsewhere, too, what a killed run left of temporary files', async () => {
    const elsewhere = { ...options, tempDir: join(root, 'temp') };
    await makeVersion(elsewhere, async ({ folder }) => writeVersion(folder, 'one'));
    expect(await readdir(join(root, 'temp'))).toEqual([]);
    const names: string[] = [];
    const make = async ({ folder, tempDir }: { folder: string; tempDir: string }) => {
      names.push(tempDir);
      expect(await readdir(tempDir)).toEqual([]);
      return writeVersion(folder, 'one');
    };
    await makeVersion(elsewhere, make);
    await mkdir(join(names[0] ?? '', 'left'), { recursive: true });
    await makeVersion(elsewhere, make);
    expect(names[0]).toBe(names[1]);
  });
});
