import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, run, SOUND } from './dataset-commands.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hostile-links-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Writes a file into the test's folder and gives its path. */
async function put(name: string, content: string): Promise<string> {
  await writeFile(join(root, name), content);
  return join(root, name);
}

describe('links in the way', () => {
  /** A folder that is none of the dataset's, with something in it. */
  async function victim(): Promise<string> {
    const folder = join(root, 'victim');
    await mkdir(folder);
    await writeFile(join(folder, 'kept'), 'as it was');
    return folder;
  }
  const untouched = async (folder: string) => {
    expect(await readdir(folder)).toEqual(['kept']);
    expect(await readFile(join(folder, 'kept'), 'utf8')).toBe('as it was');
  };

  it('as the dataset directory itself are followed, once and for all', async () => {
    await mkdir(join(root, 'real'));
    await symlink(join(root, 'real'), join(root, 'linked'));
    expect(await build(await put('a.csv', SOUND), join(root, 'linked'))).toMatchObject({ exitCode: 0 });
    expect(await run('verify', join(root, 'real'), '--quiet')).toMatchObject({ exitCode: 0 });
  });

  it.each<[string, (dir: string) => Promise<void>]>([
    ['to nothing', (dir) => symlink(join(root, 'nowhere'), dir)],
    ['to itself', (dir) => symlink(dir, dir)],
    ['to a file', (dir) => symlink(join(root, 'victim', 'kept'), dir)],
    ['through a link to itself', (dir) => symlink(join(root, 'loop', 'data'), dir)],
  ])('as the dataset directory, %s, end in a sentence and leave what they lead to alone', async (_, link) => {
    const [dir, folder] = [join(root, 'linked'), await victim()];
    await symlink(join(root, 'loop'), join(root, 'loop'));
    await link(dir);
    const { exitCode, err } = await build(await put('a.csv', SOUND), dir);
    expect([2, 4]).toContain(exitCode);
    expect(err).toMatch(/\S+ \S+/);
    expect(err).not.toMatch(/please report|\n\s+at /);
    await untouched(folder);
    expect((await readdir(root)).toSorted()).toEqual(['a.csv', 'linked', 'loop', 'victim']);
  });

  it('as the dataset directory lead a build to one place, though they are turned meanwhile', async () => {
    const file = await put('a.csv', SOUND);
    const linked = join(root, 'linked');
    // At any time of a build, which takes some 100 ms.
    for (let delayMs = 0; delayMs < 130; delayMs += 6) {
      const [real, other] = [join(root, `real-${delayMs}`), join(root, `other-${delayMs}`)];
      await mkdir(real);
      await mkdir(other);
      await symlink(real, `${linked}.next`);
      await rename(`${linked}.next`, linked);
      const turn = async () => {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        await symlink(other, `${linked}.next`);
        await rename(`${linked}.next`, linked);
      };
      const [{ exitCode, err }] = await Promise.all([build(file, linked), turn()]);
      expect([delayMs, exitCode, err]).toEqual([delayMs, 0, '']);
      // Turned at the very beginning, it leads to the other one. There is a version as a whole, or nothing.
      const places = [await readdir(real), await readdir(other)];
      expect(places.filter((names) => names.length > 0)).toEqual([[expect.any(String), 'current']]);
      const dir = places[0]!.length > 0 ? real : other;
      expect(await run('verify', dir, '--quiet')).toMatchObject({ exitCode: 0 });
    }
  }, 60_000);

  it.each(['.work-x', '.aside-x', '.work-00000000-0000-4000-8000-000000000000', '.work-1-temp'])(
    'named like a left-over (%s) are not followed when it is cleaned up',
    async (name) => {
      const [dir, folder] = [join(root, 'data'), await victim()];
      await mkdir(dir);
      await symlink(folder, join(dir, name));
      expect(await build(await put('a.csv', SOUND), dir)).toMatchObject({ exitCode: 0 });
      await untouched(folder);
    },
  );

  it('in place of the pointer are replaced, not written through', async () => {
    const [dir, folder] = [join(root, 'data'), await victim()];
    expect(await build(await put('a.csv', SOUND), dir)).toMatchObject({ exitCode: 0 });
    await rm(join(dir, 'current'));
    await symlink(join(folder, 'kept'), join(dir, 'current'));
    const { exitCode } = await build(await put('b.csv', SOUND.replaceAll('Global', 'Peru')), dir);
    expect([0, 2]).toContain(exitCode);
    await untouched(folder);
  });

  it('in place of the lock are not written through', async () => {
    const [dir, folder] = [join(root, 'data'), await victim()];
    await mkdir(dir);
    await symlink(join(folder, 'kept'), join(dir, '.lock'));
    const { exitCode, err } = await build(await put('a.csv', SOUND), dir);
    expect([0, 2, 3, 4]).toContain(exitCode);
    expect(err).not.toContain('please report');
    await untouched(folder);
  });

  it('in place of a version are not written through', async () => {
    const [dir, folder] = [join(root, 'data'), await victim()];
    const file = await put('a.csv', SOUND);
    expect(await build(file, dir)).toMatchObject({ exitCode: 0 });
    const name = (await readFile(join(dir, 'current'), 'utf8')).trim();
    await rm(join(dir, name), { recursive: true });
    await symlink(folder, join(dir, name));
    expect(await build(file, dir)).toMatchObject({ exitCode: 0 });
    await untouched(folder);
    expect(await run('verify', dir, '--quiet')).toMatchObject({ exitCode: 0 });
  });

  it('in place of the exported file are replaced, not written through', async () => {
    const [dir, folder] = [join(root, 'data'), await victim()];
    expect(await build(await put('a.csv', SOUND), dir)).toMatchObject({ exitCode: 0 });
    await symlink(join(folder, 'kept'), join(root, 'out.csv'));
    expect(await run('export', dir, '--file', join(root, 'out.csv'), '--quiet')).toMatchObject({ exitCode: 0 });
    await untouched(folder);
  });
});

describe('a pointer that leads elsewhere', () => {
  it.each(['../victim', '/etc', '..', '.', '', 'a/b', '0123456789abcdef/../..', '\0', 'x'.repeat(100_000)])(
    '(%j) is refused in words by every command',
    async (pointer) => {
      const dir = join(root, 'data');
      await mkdir(dir);
      await writeFile(join(dir, 'current'), pointer);
      for (const args of [
        ['info', dir],
        ['verify', dir],
        ['export', dir, '--file', join(root, 'x.csv')],
      ]) {
        const { exitCode, err, out } = await run(...args);
        expect([1, 2]).toContain(exitCode);
        expect(err + out).toContain(join(dir, 'current'));
        expect((err + out).length).toBeLessThan(2000);
      }
    },
  );
});
