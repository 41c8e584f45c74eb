import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Name of the lock in a dataset directory; names that begin with it and "-" guard the takeover of a lock left behind. */
export const LOCK_FILE = '.lock';

/** Who holds a lock, as written in it. */
export interface LockHolder {
  /** Differs from lock to lock. */
  readonly id: string;
  readonly pid: number;
  /** What tells the process from a later one of the same pid, where the system has it. */
  readonly born: string | null;
  readonly host: string;
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** The dataset is being written by another process. */
export class LockedError extends Error {
  override readonly name = 'LockedError';

  constructor(
    readonly path: string,
    readonly holder: LockHolder | undefined,
  ) {
    super(
      holder === undefined
        ? `The dataset is locked: ${path} exists and does not say by whom. If no build is running, remove that file.`
        : `The dataset is locked by process ${holder.pid} on ${holder.host}, "${holder.command}", since ${holder.startedAt}. Wait until it is done; if it is gone for sure, remove ${path}.`,
    );
  }
}

/** A lock that is held; release it in any case. */
export interface Lock {
  release(): Promise<void>;
}

const ATTEMPTS = 20;
const HALF_WRITTEN_MS = 5_000;

/**
 * Locks a dataset directory (made if need be) against other writers. A lock whose process is gone from this host is
 * taken over. Throws {@link LockedError} when another process holds it, also on another host, where it cannot be told
 * whether the process lives.
 */
export async function lockDataset(dir: string, command: string): Promise<Lock> {
  await mkdir(dir, { recursive: true });
  return acquire(dir, LOCK_FILE, command);
}

async function acquire(dir: string, name: string, command: string): Promise<Lock> {
  const path = join(dir, name);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const own = await create(path, command);
    if (own !== undefined) return { release: () => remove(path, own.id) };
    const found = await read(path);
    if (found === 'gone') continue;
    if (found === 'unreadable') await setTimeout(50);
    else if (await isAlive(found)) throw new LockedError(path, found);
    else await clear(dir, path, found, command);
  }
  throw new LockedError(path, undefined);
}

/**
 * Removes a lock left behind. Two may find it at once, and one of them may come late, when the other has put its own
 * lock there: so only the holder of a guard named after the lock found may remove it, and looks again whether it is
 * still that one. A guard is itself such a lock, should its holder die.
 */
async function clear(dir: string, path: string, found: LockHolder, command: string): Promise<void> {
  let guard: Lock;
  try {
    guard = await acquire(dir, `${LOCK_FILE}-${found.id}`, command);
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    await setTimeout(50);
    return;
  }
  try {
    await remove(path, found.id);
  } finally {
    await guard.release();
  }
}

async function create(path: string, command: string): Promise<LockHolder | undefined> {
  const holder: LockHolder = {
    id: randomBytes(8).toString('hex'),
    pid: process.pid,
    born: await birthOf(process.pid),
    host: hostname(),
    command,
    startedAt: new Date().toISOString(),
  };
  let file;
  try {
    file = await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  }
  try {
    await file.writeFile(`${JSON.stringify(holder)}\n`);
  } catch (error) {
    await unlink(path);
    throw error;
  } finally {
    await file.close();
  }
  return holder;
}

async function read(path: string): Promise<LockHolder | 'gone' | 'unreadable'> {
  try {
    const text = await readFile(path, 'utf8');
    return parseHolder(text) ?? ((await isHalfWritten(path)) ? NOBODY : 'unreadable');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
    throw error;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as Partial<LockHolder> | null;
    const sound = typeof value?.id === 'string' && /^[0-9a-f]{16}$/.test(value.id) && typeof value.pid === 'number';
    return sound ? (value as LockHolder) : undefined;
  } catch {
    return undefined;
  }
}

/** Stands for the holder of a lock that was never written to its end, as by a crash between the creation and the write. */
const NOBODY: LockHolder = { id: 'unwritten', pid: 0, born: null, host: hostname(), command: '', startedAt: '' };

async function isHalfWritten(path: string): Promise<boolean> {
  const { mtimeMs } = await stat(path);
  return Date.now() - mtimeMs > HALF_WRITTEN_MS;
}

async function remove(path: string, id: string): Promise<void> {
  const found = await read(path);
  if (typeof found === 'object' && found.id === id) await unlink(path);
}

async function isAlive({ pid, born, host }: LockHolder): Promise<boolean> {
  if (host !== hostname()) return true;
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const bornNow = await birthOf(pid);
  return born === null || bornNow === null || born === bornNow;
}

/** Boot of the system and start of the process since then, from Linux' /proc; null where it does not tell, "ended" of a process that only waits to be reaped. */
async function birthOf(pid: number): Promise<string | null> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in brackets and may hold spaces and brackets itself.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'ended';
    const start = fields[19];
    return start === undefined ? null : `${boot}:${start}`;
  } catch {
    return null;
  }
}
