import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { openCurrent } from '#libs/catalog';
import { lockDataset } from '../store/lock.js';
import { runDataset } from '../usage.js';

let dir: string;
let versions: readonly [first: string, second: string];

async function run(args: readonly string[], signal = new AbortController().signal) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const exitCode = await runDataset(args, { stdout, stderr, terminal: false, signal });
  stdout.end();
  stderr.end();
  return { exitCode, out: await text(stdout), err: await text(stderr) };
}

async function sample(seed: number): Promise<string> {
  const { out } = await run(['sample', '--out', dir, '--regions', '2', '--days', '3', '--seed', `${seed}`, '--json']);
  return (JSON.parse(out) as { version: string }).version;
}

const current = async () => (await openCurrent(dir)).manifest.version;
const pointer = () => readFile(join(dir, 'current'), 'utf8');

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'use-'));
  versions = [await sample(1), await sample(2)];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('dataset use', () => {
  it('makes the version before the current one, and by its name the other one again', async () => {
    const [first, second] = versions;
    const back = await run(['use', dir, 'previous', '--json']);
    expect({ ...back, out: JSON.parse(back.out) as unknown }).toMatchObject({
      exitCode: 0,
      out: { used: true, version: first, folder: join(dir, first.slice(0, 16)), before: second.slice(0, 16) },
    });
    expect(await current()).toBe(first);
    const forth = await run(['use', dir, second.slice(0, 6), '--quiet']);
    expect(forth.out).toMatch(
      new RegExp(`^current +${join(dir, second.slice(0, 16))}\nbefore +${first.slice(0, 16)}\n`),
    );
    expect(await current()).toBe(second);
    expect((await readdir(dir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('leaves the current version where it is when it is meant', async () => {
    const { exitCode, out } = await run(['use', dir, versions[1]]);
    expect({ exitCode, out }).toMatchObject({ exitCode: 0, out: expect.stringContaining('it was before') });
    expect(await current()).toBe(versions[1]);
  });

  it('takes the place of a current version that is damaged, and of a pointer that makes no sense', async () => {
    const [first, second] = versions;
    await truncate(join(dir, second.slice(0, 16), 'charts.duckdb'), 10);
    expect((await run(['use', dir, 'previous'])).exitCode).toBe(0);
    expect(await current()).toBe(first);
    await writeFile(join(dir, 'current'), 'nonsense');
    expect((await run(['use', dir, first])).exitCode).toBe(0);
    expect(await current()).toBe(first);
  });

  it('changes nothing for a version that is not there, and names those that are', async () => {
    const before = await pointer();
    const { exitCode, err } = await run(['use', dir, '0000']);
    expect(exitCode).toBe(2);
    for (const version of versions) expect(err).toContain(`- ${version.slice(0, 16)}`);
    expect(await pointer()).toBe(before);
  });

  it('changes nothing for a version that is not sound, and lists its faults with exit code 1', async () => {
    const before = await pointer();
    const file = join(dir, versions[0].slice(0, 16), 'charts.duckdb');
    const bytes = await readFile(file);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(file, bytes);
    const { exitCode, out } = await run(['use', dir, versions[0], '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      used: false,
      faults: [expect.stringContaining('charts.duckdb is damaged')],
    });
    expect(await pointer()).toBe(before);
  });

  it('waits for nobody: a dataset that is being written is left alone, as by an interruption', async () => {
    const before = await pointer();
    const lock = await lockDataset(dir, 'dataset build charts.csv');
    expect(await run(['use', dir, 'previous'])).toMatchObject({
      exitCode: 3,
      err: expect.stringContaining('"dataset build'),
    });
    await lock.release();
    expect((await run(['use', dir, 'previous'], AbortSignal.abort())).exitCode).toBe(130);
    expect(await pointer()).toBe(before);
    expect((await readdir(dir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
