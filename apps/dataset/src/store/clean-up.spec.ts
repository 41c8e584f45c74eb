import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silent } from '../reporting.js';
import { cleanUp } from './clean-up.js';
import { placeVersion } from './testing/fake-version.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'clean-up-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('cleanUp', () => {
  it('removes what interrupted runs left and says what it was', async () => {
    const version = await placeVersion(dir, 'one', { current: true });
    await mkdir(join(dir, '.work-7-ab', 'deep'), { recursive: true });
    await mkdir(join(dir, '.work-7-ab-temp'));
    await mkdir(join(dir, '.aside-7-ab'));
    await writeFile(join(dir, '.current-7-ab'), 'x');
    await writeFile(join(dir, '.lock-0123456789abcdef'), 'x');
    const notices: string[] = [];
    await cleanUp(dir, { ...silent, notice: (text) => notices.push(text) });
    expect((await readdir(dir)).sort()).toEqual([version, 'current'].sort());
    expect(notices).toEqual([
      `Removed what an interrupted run left in ${dir}: .aside-7-ab, .current-7-ab, .lock-0123456789abcdef, .work-7-ab, .work-7-ab-temp`,
    ]);
  });

  it('touches nothing else and says nothing when all is well', async () => {
    await writeFile(join(dir, '.lock'), 'held');
    await writeFile(join(dir, 'notes.txt'), 'mine');
    await writeFile(join(dir, '.workshop'), 'mine');
    const notices: string[] = [];
    expect(await cleanUp(dir, { ...silent, notice: (text) => notices.push(text) })).toEqual([]);
    expect((await readdir(dir)).sort()).toEqual(['.lock', '.workshop', 'notes.txt']);
    expect(notices).toEqual([]);
  });
});
