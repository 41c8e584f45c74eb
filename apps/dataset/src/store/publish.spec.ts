import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDigests, openCurrent, SERVING_FILE, versionFolder } from '#libs/catalog';
import { silent } from '../reporting.js';
import { cleanUp } from './clean-up.js';
import { disk, type Disk } from './disk.js';
import { publish } from './publish.js';
import { placeVersion, writeVersion } from './testing/fake-version.js';

let dir: string;
let work: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'publish-'));
  work = join(dir, '.work-1-aa');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** A disk on which the nth step and all later ones fail, as after a crash; counts the steps. */
function failingDisk(failAt: number): Disk & { readonly log: string[] } {
  const log: string[] = [];
  const step = (name: string) => {
    log.push(name);
    if (log.length >= failAt) throw new Error(`crash at ${name}`);
  };
  return {
    log,
    sync: async (path, kind) => (step(`sync ${kind}`), disk.sync(path, kind)),
    rename: async (from, to) => (step('rename'), disk.rename(from, to)),
    write: async (path, text) => (step('write'), disk.write(path, text)),
    remove: async (path) => (step('remove'), disk.remove(path)),
  };
}

async function currentVersion(): Promise<string> {
  const version = await openCurrent(dir);
  await checkDigests(version);
  return version.manifest.version;
}

describe('publish', () => {
  it('makes the first version current', async () => {
    const manifest = await writeVersion(work, 'one');
    expect(await publish(dir, work, manifest)).toBe('new');
    expect(await currentVersion()).toBe(manifest.version);
    expect((await readdir(dir)).sort()).toEqual([versionFolder(manifest.version), 'current'].sort());
  });

  it('syncs every file and folder before the version has its name, and the pointer before it counts', async () => {
    const log = failingDisk(Infinity);
    await publish(dir, work, await writeVersion(work, 'one'), log);
    expect(log.log).toEqual([
      ...['sync file', 'sync file', 'sync file', 'sync folder', 'rename', 'sync folder'],
      ...['write', 'sync file', 'rename', 'sync folder'],
    ]);
  });

  it('keeps a sound version that is there already, drops the work and moves the pointer', async () => {
    const old = await placeVersion(dir, 'one');
    await placeVersion(dir, 'two', { current: true });
    const manifest = await writeVersion(work, 'one', '2025-05-05T00:00:00Z');
    expect(await publish(dir, work, manifest)).toBe('already there');
    const { manifest: current, folder } = await openCurrent(dir);
    expect(folder).toBe(join(dir, old));
    expect(current.createdAt).toBe('2024-01-01T00:00:00Z');
    expect(await readdir(dir)).not.toContain('.work-1-aa');
  });

  it.each([
    ['a file of another size', (folder: string) => writeFile(join(folder, SERVING_FILE), 'short')],
    ['a file of other bytes', (folder: string) => writeFile(join(folder, SERVING_FILE), 'SERVING one')],
    ['no manifest', (folder: string) => rm(join(folder, 'manifest.json'))],
  ])('replaces the same version when it is damaged: %s', async (_, damage) => {
    const name = await placeVersion(dir, 'one', { current: true });
    await damage(join(dir, name));
    const manifest = await writeVersion(work, 'one');
    expect(await publish(dir, work, manifest)).toBe('repaired');
    expect(await currentVersion()).toBe(manifest.version);
    expect((await readdir(dir)).sort()).toEqual([name, 'current'].sort());
  });

  it('replaces a pointer that makes no sense', async () => {
    await writeFile(join(dir, 'current'), 'nonsense');
    const manifest = await writeVersion(work, 'one');
    await publish(dir, work, manifest);
    expect(await currentVersion()).toBe(manifest.version);
  });

  it('leaves the old or the new version current and complete wherever it stops, and the next run cleans up', async () => {
    const steps = failingDisk(Infinity);
    await publish(dir, work, await writeVersion(work, 'first'), steps);
    for (let failAt = 1; failAt <= steps.log.length; failAt++) {
      const oldVersion = await currentVersion();
      const manifest = await writeVersion(work, `content ${failAt}`);
      await expect(publish(dir, work, manifest, failingDisk(failAt))).rejects.toThrow('crash at');
      expect([oldVersion, manifest.version]).toContain(await currentVersion());
      await cleanUp(dir, silent);
      expect((await readdir(dir)).filter((name) => name.startsWith('.'))).toEqual([]);
      await writeVersion(work, `content ${failAt}`);
      await publish(dir, work, manifest);
      expect(await currentVersion()).toBe(manifest.version);
    }
  });

  it('leaves the served version alone while another, damaged one is replaced', async () => {
    const served = await placeVersion(dir, 'served', { current: true });
    for (let failAt = 1; failAt <= 13; failAt++) {
      const damaged = await placeVersion(dir, 'damaged');
      await writeFile(join(dir, damaged, SERVING_FILE), 'x');
      await rm(work, { recursive: true, force: true });
      await mkdir(work);
      const manifest = await writeVersion(work, 'damaged');
      await publish(dir, work, manifest, failingDisk(failAt)).catch(() => undefined);
      const current = await openCurrent(dir);
      await expect(checkDigests(current)).resolves.toBeUndefined();
      await writeFile(join(dir, 'current'), `${served}\n`);
    }
  });
});
