import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { chooseVersion, heldVersions } from './choose.js';
import { placeVersion } from './testing/fake-version.js';

let dir: string;
let names: readonly [january: string, february: string, march: string];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'choose-'));
  const place = (month: number) =>
    placeVersion(dir, `month ${month}`, { createdAt: `2024-0${month}-01T00:00:00Z`, current: month === 2 });
  names = [await place(1), await place(2), await place(3)];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const chosen = async (wish: string) => basename((await chooseVersion(dir, wish)).folder);
const pointAt = (text: string) => writeFile(join(dir, 'current'), text);

describe('the version that is meant', () => {
  it('is given by its name, the beginning of that, or its whole digest', async () => {
    const [, , march] = names;
    const { manifest } = await chooseVersion(dir, march);
    for (const wish of [march, march.slice(0, 4), manifest.version, manifest.version.slice(0, 30)])
      expect(await chosen(wish)).toBe(march);
  });

  it('before the current one is the newest that is older, whatever is newer', async () => {
    expect(await chosen('previous')).toBe(names[0]);
    await pointAt(names[2]);
    expect(await chosen('previous')).toBe(names[1]);
    await rm(join(dir, names[1], 'manifest.json'));
    expect(await chosen('previous')).toBe(names[0]);
  });

  it.each(['', 'nonsense', '0123456789abcdef\n'])('before a pointer of %j is the newest', async (text) => {
    await pointAt(text);
    expect(await chosen('previous')).toBe(names[2]);
  });

  it.each(['0000', 'ab', '../x', 'PREVIOUS', 'g'.repeat(16)])(
    'is not %j, and those that are there are named',
    async (wish) => {
      const error = await chooseVersion(dir, wish).catch((one: unknown) => one as Error);
      expect(error).toMatchObject({ name: 'UsageError' });
      const { message } = error as Error;
      expect(message).toContain(`No version begins with "${wish}"`);
      expect(message.split('\n').slice(1)).toEqual([
        `- ${names[2]}: made 2024-03-01T00:00:00Z, 2017-01-01 to 2017-01-01, 1 rows`,
        `- ${names[1]} (current): made 2024-02-01T00:00:00Z, 2017-01-01 to 2017-01-01, 1 rows`,
        `- ${names[0]}: made 2024-01-01T00:00:00Z, 2017-01-01 to 2017-01-01, 1 rows`,
      ]);
    },
  );

  it('is one alone, sound, and before the first there is none', async () => {
    await pointAt(names[0]);
    await expect(chooseVersion(dir, 'previous')).rejects.toThrow(
      `No version was made before the current one, ${names[0]}`,
    );
    await rm(join(dir, names[2], 'manifest.json'));
    await expect(chooseVersion(dir, names[2])).rejects.toThrow('manifest.json cannot be read');
    await expect(chooseVersion(dir, '0000')).rejects.toThrow(`- ${names[2]}: damaged or of another format`);
  });

  it('is none in a folder without versions', async () => {
    for (const folder of [join(dir, 'nowhere'), join(dir, names[0])])
      await expect(heldVersions(folder)).rejects.toThrow(`No dataset in ${folder}`);
  });
});
