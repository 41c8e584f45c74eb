import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { readPointer } from '#libs/catalog';
import { BuildFolder } from '../transform/testing/build-folder.js';
import { chartCsv, chartDays, chartRow, type ChartRow } from '../transform/testing/chart-rows.js';
import { runDataset } from '../usage.js';

let folder: BuildFolder;
let dir: string;
let place: string;
let tests = 0;
beforeAll(async () => {
  folder = await BuildFolder.create();
});
beforeEach(async () => {
  place = folder.at(`test-${++tests}`);
  await mkdir(place);
  dir = join(place, 'data');
});
afterAll(() => folder.remove());

async function run(...args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const signal = new AbortController().signal;
  const exitCode = await runDataset(args, { stdout, stderr, terminal: false, signal });
  return { exitCode, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

async function file(name: string, rows: readonly ChartRow[]): Promise<string> {
  const path = join(place, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, chartCsv(rows));
  return path;
}

const DAYS = chartDays(4, ['Global', 'Brazil']);
const first = DAYS.filter(({ date }) => date < '2021-03-04');
const last = DAYS.filter(({ date }) => date >= '2021-03-04');

async function buildFirst(): Promise<string> {
  const { exitCode } = await run('build', await file('first.csv', first), '--out', dir, '--quiet');
  expect(exitCode).toBe(0);
  return (await readPointer(dir))!;
}

describe('append', () => {
  it('makes the version that a build of all files makes, beside the old one', async () => {
    const old = await buildFirst();
    const { exitCode, out, err } = await run('append', await file('last.csv', last), '--out', dir);
    expect({ exitCode, faults: err.includes('rror') }).toEqual({ exitCode: 0, faults: false });
    const { manifest } = await folder.build({ 'all.csv': chartCsv(DAYS) });
    expect(out).toContain(manifest.version);
    expect(out).toMatch(/^rows +80 \(top200 40, viral50 40\)$/m);
    expect(out).toMatch(/^charts +16 daily, 2021-03-01 to 2021-03-04, 4 days$/m);
    expect(await readPointer(dir)).toBe(manifest.version.slice(0, 16));
    expect(await readdir(dir)).toEqual(expect.arrayContaining([old, 'current', manifest.version.slice(0, 16)]));
    expect(await readdir(dir)).toHaveLength(3);
    expect((await run('verify', dir)).out).toMatch(/^sound /);
  });

  it('refuses a day that is there, names it, and leaves the dataset as it was', async () => {
    const old = await buildFirst();
    const again = await file('again.csv', [chartRow({ date: '2021-03-02', region: 'Brazil' })]);
    const { exitCode, out, err } = await run('append', again, '--out', dir);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(
      'The dataset already holds 1 of these charts (top200 Brazil 2021-03-02): give --replace to replace them. Nothing was changed.',
    );
    expect((await readdir(dir)).sort()).toEqual([old, 'current'].sort());
    expect(await readPointer(dir)).toBe(old);
  });

  it('replaces such a day with --replace', async () => {
    await buildFirst();
    const corrected = [chartRow({ date: '2021-03-02', region: 'Brazil', title: 'Corrected' })];
    const { exitCode } = await run('append', await file('again.csv', corrected), '--out', dir, '--replace', '--quiet');
    expect(exitCode).toBe(0);
    const kept = first.filter(({ date, region, chart }) => `${date} ${region} ${chart}` !== '2021-03-02 Brazil top200');
    const { manifest } = await folder.build({ 'all.csv': chartCsv([...kept, ...corrected]) });
    expect(await readPointer(dir)).toBe(manifest.version.slice(0, 16));
  });

  it('may be repeated with --replace without making another version', async () => {
    await buildFirst();
    const path = await file('last.csv', last);
    await run('append', path, '--out', dir);
    const version = await readPointer(dir);
    const { exitCode, out } = await run('append', path, '--out', dir, '--replace');
    expect(exitCode).toBe(0);
    expect(out).toContain('(was there already)');
    expect(await readPointer(dir)).toBe(version);
  });

  it('refuses too many bad rows and says which there are', async () => {
    const old = await buildFirst();
    const path = await file('bad.csv', [...last, chartRow({ rank: '0' })]);
    const { exitCode, err } = await run('append', path, '--out', dir);
    expect(exitCode).toBe(2);
    expect(err).toContain('1 of 21 rows (4.76 %) are bad, more than --max-rejects 1% allows; nothing was published.');
    expect(err).toContain('rank is no whole number from 1 to 1000');
    expect(await readPointer(dir)).toBe(old);
    expect((await run('append', path, '--out', dir, '--max-rejects', '5%', '--quiet')).exitCode).toBe(0);
  });

  it('refuses another period than the dataset has', async () => {
    await buildFirst();
    const { exitCode, err } = await run('append', await file('last.csv', last), '--out', dir, '--period', 'weekly');
    expect(exitCode).toBe(2);
    expect(err).toContain(`--period weekly: the dataset in ${dir} is daily; leave the option out.`);
  });
});
