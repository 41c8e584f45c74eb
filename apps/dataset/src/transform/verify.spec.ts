import { copyFile, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVING_FILE, type Manifest } from '#libs/catalog';
import { withManifest } from './testing/damaged-version.js';
import { SoundVersion } from './testing/sound-version.js';

let sound: SoundVersion;
beforeAll(async () => {
  sound = await SoundVersion.create();
});
afterAll(() => sound.remove());

describe('a version as it was built', () => {
  it('is sound', async () => expect(await sound.folder.verify(sound.version)).toEqual([]));

  it('is sound as a copy that was opened and changed in nothing', async () => {
    expect(await sound.faultsAfter((serving) => serving.run('SELECT 1'))).toEqual([]);
    expect(await sound.faultsAfter((serving) => serving.entries('chart', 5, () => undefined))).toEqual([]);
  });
});

describe('verification finds', () => {
  it.each<[string, (manifest: Manifest) => Partial<Manifest>, RegExp]>([
    ['a wrong number of entries', ({ rows }) => ({ rows: { ...rows, entries: rows.entries + 1 } }), /^entries: found/],
    ['a wrong number of charts', ({ rows }) => ({ rows: { ...rows, charts: 1 } }), /^charts: found 72, expected 1$/],
    ['a wrong number of top lists', ({ rows }) => ({ rows: { ...rows, topLists: 1 } }), /^top lists: found/],
    ['a wrong first date', () => ({ firstDate: '2021-02-28' }), /^first date: found 2021-03-01, expected 2021-02-28$/],
    ['another period', () => ({ period: 'weekly' }), /^content digest: found/],
    ['another version', () => ({ version: '0'.repeat(64) }), /^content digest: found/],
  ])('%s in the manifest', async (_, change, fault) => {
    const copy = await sound.copy();
    const faults = await sound.folder.verify(await withManifest(copy, change(copy.manifest)));
    expect(faults.join('\n')).toMatch(new RegExp(fault.source, 'm'));
  });

  it('one flipped bit anywhere in a file', async () => {
    const { version, folder } = sound;
    const place = folder.at('flipped');
    await mkdir(place);
    for (const share of [0, 0.3, 0.6, 0.999]) {
      for (const { name } of version.manifest.files) await copyFile(join(version.folder, name), join(place, name));
      const file = await open(join(place, SERVING_FILE), 'r+');
      const { size } = await file.stat();
      const [byte, at] = [Buffer.alloc(1), Math.floor(size * share)];
      await file.read(byte, 0, 1, at);
      byte[0]! ^= 1;
      await file.write(byte, 0, 1, at);
      await file.close();
      const faults = await folder.verify({ ...version, folder: place, servingFile: join(place, SERVING_FILE) });
      expect(faults).toEqual([expect.stringContaining(`${SERVING_FILE} is damaged: its sha256 is `)]);
    }
  });

  it('a file that is missing', async () => {
    const copy = await sound.copy();
    await rm(copy.servingFile);
    expect(await sound.folder.verify(copy)).toEqual([expect.stringContaining('ENOENT')]);
  });

  it('of very many faults the first fifty, and how many more there are', async () => {
    const faults = await sound.faultsAfter((serving) =>
      serving.run('UPDATE artist_page SET first_day = first_day + 1'),
    );
    expect(faults).toHaveLength(51);
    expect(faults.at(-1)).toMatch(/^and \d+ more$/);
  });
});
