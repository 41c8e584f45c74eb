import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { silent } from '../apps/dataset/src/reporting.js';
import { verifyVersion } from '../apps/dataset/src/transform/verify.js';
import { openCurrent, openVersion, sha256File } from '#libs/catalog';
import { DATASET_PROGRAM, ensureBuilt } from './setup/built-program.js';

const KILLS = 20;
let folder: string;
let csv: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  await ensureBuilt('dataset');
  folder = await mkdtemp(join(tmpdir(), 'process-'));
  csv = join(folder, 'charts.csv');
  const { code, err } = await run('sample', '--csv', csv, '--regions', '10', '--days', '75', '--quiet');
  if (code !== 0) throw new Error(err);
}, 120_000);
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [DATASET_PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]): Outcome => {
    running.delete(child);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, ...texts };
  });
  return { child, ended };
}

const run = (...args: readonly string[]) => start(...args).ended;

/** Starts a build and waits until it holds the lock. */
async function startBuild(dir: string) {
  const build = start('build', csv, '--out', dir, '--quiet');
  const lock = () => readFile(join(dir, '.lock'), 'utf8').catch(() => '');
  // Its line end is the last thing that is written to it.
  while (!(await lock()).endsWith('\n')) {
    if (build.child.exitCode !== null) throw new Error((await build.ended).err);
    await sleep(5);
  }
  return build;
}

/** A dataset directory with a small version as its current one. */
async function smallDataset(name: string): Promise<string> {
  const dir = join(folder, name);
  const { code, err } = await run('sample', '--out', dir, '--regions', '2', '--days', '3', '--quiet');
  if (code !== 0) throw new Error(err);
  return dir;
}

async function digests(path: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(path)).sort()) found[name] = await sha256File(join(path, name));
  return found;
}

const pointer = async (dir: string) => (await readFile(join(dir, 'current'), 'utf8')).trim();
const faultsOf = async (dir: string) =>
  verifyVersion(await openCurrent(dir), {
    ...{ memoryLimitBytes: 512e6, threads: 1, tempDir: folder, reporter: silent },
  });

/** Numbers from 0 up to 1, the same each time; constants of Numerical Recipes. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a build that is killed', () => {
  it(`at any of ${KILLS} moments leaves the dataset as it was or complete, and the next one cleans up`, async () => {
    const undisturbed = join(folder, 'undisturbed');
    // From when the lock is held: what comes before changes nothing, and takes long on a busy machine.
    const first = await startBuild(undisturbed);
    const began = performance.now();
    expect(await first.ended).toMatchObject({ code: 0, err: '' });
    const durationMs = performance.now() - began;
    const newName = await pointer(undisturbed);

    const dir = await smallDataset('killed');
    const old = await pointer(dir);
    const before = await digests(join(dir, old));
    const random = randoms(20);
    let asItWas = 0;
    let leftOvers = 0;
    for (let i = 0; i < KILLS; i++) {
      const { child, ended } = await startBuild(dir);
      await Promise.race([sleep((durationMs * (i + random())) / KILLS), ended]);
      child.kill('SIGKILL');
      await ended;
      const current = await pointer(dir);
      expect([old, newName]).toContain(current);
      expect(await faultsOf(dir)).toEqual([]);
      expect(await digests(join(dir, old))).toEqual(before);
      if ((await readdir(dir)).some((name) => name.startsWith('.work-'))) leftOvers++;
      if (current === old) asItWas++;
      else {
        // It was published already: for the next one to matter, that is undone.
        await writeFile(join(dir, 'current'), `${old}\n`);
        await rm(join(dir, newName), { recursive: true });
      }
    }
    expect(asItWas).toBeGreaterThan(KILLS / 2);
    expect(leftOvers).toBeGreaterThan(KILLS / 4);

    expect(await run('build', csv, '--out', dir, '--quiet')).toMatchObject({ code: 0 });
    expect(await pointer(dir)).toBe(newName);
    expect((await readdir(dir)).sort()).toEqual([old, newName, 'current'].sort());
    expect((await openVersion(dir, newName)).manifest.version).toBe((await openCurrent(undisturbed)).manifest.version);
    expect(await faultsOf(dir)).toEqual([]);
  }, 120_000);
});

describe('a build that is asked to stop', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s ends with 130, the dataset as it was and nothing left',
    async (name) => {
      const dir = await smallDataset(`stopped-${name}`);
      const before = (await readdir(dir)).sort();
      const { child, ended } = await startBuild(dir);
      child.kill(name);
      const { code, err } = await ended;
      expect(code).toBe(130);
      expect(err).toContain('Interrupted; the dataset is as it was.');
      expect((await readdir(dir)).sort()).toEqual(before);
      expect(await faultsOf(dir)).toEqual([]);
    },
    60_000,
  );
});

describe('two builds at once', () => {
  it('are one too many: the second ends with 3 and names the first, which goes on', async () => {
    const dir = join(folder, 'two');
    const first = await startBuild(dir);
    // Held still until the second has ended, however fast the first would be.
    first.child.kill('SIGSTOP');
    const second = await run('build', csv, '--out', dir);
    const lock = await readFile(join(dir, '.lock'), 'utf8');
    first.child.kill('SIGCONT');
    expect(second).toMatchObject({ code: 3, out: '' });
    expect(second.err).toContain(`The dataset is locked by process ${first.child.pid} on `);
    expect(second.err).toContain(`"dataset build ${csv}"`);
    expect(JSON.parse(lock)).toMatchObject({ pid: first.child.pid });
    expect(await first.ended).toMatchObject({ code: 0 });
    expect((await readdir(dir)).sort()).toEqual([await pointer(dir), 'current'].sort());
  }, 60_000);
});

describe('--help', () => {
  it.each([[], ['build'], ['append'], ['verify'], ['info'], ['prune'], ['sample'], ['export']].map((args) => [args]))(
    'of %j is printed and exits with 0',
    async (args) => {
      const { code, out, err } = await run(...args, '--help');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain(`Usage: dataset ${args.join(' ')}`.trimEnd());
    },
  );
});
