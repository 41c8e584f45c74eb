import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformFile } from '@swc/core';
import { lockDataset, LockedError, type LockHolder } from './lock.js';

const HOLD = `
import { lockDataset } from './lock.mjs';
try {
  const lock = await lockDataset(process.argv[2], 'dataset build charts.csv');
  console.log('held');
  process.stdin.on('data', async () => { await lock.release(); process.exit(0); });
} catch (error) { console.log(error.name); }
`;

let scripts: string;
let dir: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  scripts = await mkdtemp(join(tmpdir(), 'lock-scripts-'));
  const { code } = await transformFile(new URL('./lock.ts', import.meta.url).pathname);
  await writeFile(join(scripts, 'lock.mjs'), code);
  await writeFile(join(scripts, 'hold.mjs'), HOLD);
});
afterAll(() => rm(scripts, { recursive: true, force: true }));

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

/** A process that takes the lock and holds it until it is told to let go; what it says first. */
async function holder(): Promise<{ readonly child: ChildProcess; readonly says: string }> {
  const child = spawn(process.execPath, [join(scripts, 'hold.mjs'), dir], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, says: chunk.toString().trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function writeLock(holderOf: Partial<LockHolder>): Promise<void> {
  const whole = {
    id: '00112233445566aa',
    pid: process.pid,
    born: null,
    host: hostname(),
    command: 'x',
    startedAt: 'y',
  };
  await writeFile(join(dir, '.lock'), JSON.stringify({ ...whole, ...holderOf }));
}

describe('lockDataset', () => {
  it('refuses a second process and says who holds the lock', async () => {
    const { child, says } = await holder();
    expect(says).toBe('held');
    const error = await lockDataset(dir, 'second').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(LockedError);
    const { message } = error as LockedError;
    for (const part of [String(child.pid), hostname(), 'dataset build charts.csv', /since \d{4}-\d\d-\d\dT/, dir]) {
      expect(message).toMatch(part);
    }
  });

  it('is free again when the holder lets go', async () => {
    const { child } = await holder();
    child.stdin?.write('go\n');
    await once(child, 'exit');
    expect(await readdir(dir)).toEqual([]);
    await (await lockDataset(dir, 'second')).release();
  });

  it('takes over the lock of a process that was killed', async () => {
    const { child } = await holder();
    await kill(child);
    const lock = await lockDataset(dir, 'second');
    const held = JSON.parse(await readFile(join(dir, '.lock'), 'utf8')) as LockHolder;
    expect(held.pid).toBe(process.pid);
    await lock.release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('gives a lock left behind to one only of several processes that find it at once', async () => {
    for (let round = 0; round < 3; round++) {
      const { child } = await holder();
      await kill(child);
      const takers = await Promise.all([holder(), holder(), holder(), holder()]);
      expect(takers.map(({ says }) => says).sort()).toEqual(['LockedError', 'LockedError', 'LockedError', 'held']);
      for (const taker of takers) if (taker.says === 'held') await kill(taker.child);
    }
  });

  it('goes on when a process was killed while it took over', async () => {
    await writeLock({ id: '00112233445566aa', pid: 2 ** 22 + 1 });
    const guard = {
      id: '00112233445566bb',
      pid: 2 ** 22 + 2,
      born: null,
      host: hostname(),
      command: 'x',
      startedAt: 'y',
    };
    await writeFile(join(dir, '.lock-00112233445566aa'), JSON.stringify(guard));
    await (await lockDataset(dir, 'second')).release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('does not take a later process of the same pid for the holder', async () => {
    await writeLock({ born: 'another boot:1' });
    await (await lockDataset(dir, 'second')).release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('leaves a lock of another host alone', async () => {
    await writeLock({ host: 'elsewhere', pid: 2 ** 22 + 1 });
    await expect(lockDataset(dir, 'second')).rejects.toThrow(/on elsewhere, .* if it is gone for sure, remove/);
  });

  it('waits for a lock that is being written and takes over one that never was', async () => {
    await writeFile(join(dir, '.lock'), '');
    await expect(lockDataset(dir, 'second')).rejects.toThrow('does not say by whom');
    await utimes(join(dir, '.lock'), new Date(0), new Date(0));
    await (await lockDataset(dir, 'second')).release();
  });

  it('does not remove a lock that has become another’s', async () => {
    const lock = await lockDataset(dir, 'first');
    await writeLock({});
    await lock.release();
    expect(await readdir(dir)).toEqual(['.lock']);
  });
});
