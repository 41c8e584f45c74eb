import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCurrent } from '#libs/catalog';
import { DATASET_PROGRAM, ensureBuilt } from './setup/built-program.js';

/** Mounts a file system of so many bytes; only root may. Returns what unmounts it, or undefined where it is not allowed. */
function mountSmall(place: string, bytes: number): (() => void) | undefined {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', place]);
  return status === 0 ? () => void execFileSync('umount', [place]) : undefined;
}

const mountable = ((): boolean => {
  const place = mkdtempSync(join(tmpdir(), 'mountable-'));
  const unmount = mountSmall(place, 2 ** 16);
  unmount?.();
  rmSync(place, { recursive: true });
  return unmount !== undefined;
})();

let folder: string;
beforeAll(async () => {
  await ensureBuilt('dataset');
  folder = await mkdtemp(join(tmpdir(), 'full-disk-'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

function dataset(...args: readonly string[]) {
  const { status, stderr } = spawnSync(process.execPath, [DATASET_PROGRAM, ...args], { encoding: 'utf8' });
  return { status, stderr };
}

// Where a file system of a few megabytes cannot be mounted, as without root, there is no disk that could be filled.
describe('a build on a disk that runs full', () => {
  it('says so, exits with 4, and leaves the dataset as it was and nothing else', async () => {
    if (!mountable) return;
    const csv = join(folder, 'charts.csv');
    expect(dataset('sample', '--csv', csv, '--regions', '12', '--days', '90', '--quiet')).toEqual({
      status: 0,
      stderr: '',
    });
    const disk = await mkdtemp(join(folder, 'disk-'));
    const unmount = mountSmall(disk, 6 * 2 ** 20)!;
    try {
      const out = join(disk, 'charts');
      expect(dataset('sample', '--out', out, '--regions', '2', '--days', '3', '--quiet').status).toBe(0);
      const before = { names: (await readdir(out)).sort(), version: (await openCurrent(out)).manifest.version };
      const { status, stderr } = dataset('build', csv, '--out', out, '--quiet');
      expect({ status, stderr }).toEqual({
        status: 4,
        stderr: expect.stringMatching(/no space left|disk is full|No space left/i) as string,
      });
      expect(stderr).toContain('The dataset is as it was.');
      expect((await openCurrent(out)).manifest.version).toBe(before.version);
      expect((await readdir(out)).sort()).toEqual(before.names);
      expect(dataset('verify', out, '--quiet').status).toBe(0);
    } finally {
      unmount();
    }
  }, 60_000);
});
