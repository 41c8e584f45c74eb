import { CommanderError } from 'commander';
import { DatasetError } from '#libs/catalog';
import { DownloadError } from './download/download-error.js';
import { UsageError } from './reporting.js';
import { LockedError } from './store/lock.js';

/** What the process ends with. */
export const EXIT = {
  done: 0,
  faults: 1,
  refused: 2,
  locked: 3,
  io: 4,
  network: 5,
  internal: 70,
  interrupted: 130,
} as const;

/** The exit codes in words, for --help. */
export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    verify or use found faults
  2    wrong usage, or input that is refused; nothing was changed
  3    the dataset is locked by another build
  4    the disk is full, memory or rights are lacking, or another fault of the system
  5    a download failed: the server is out of reach, or sends something else than it should
  70   an error of this program
  130  interrupted (SIGINT or SIGTERM); the dataset is as it was`;

/** How an error ends the process: the code, and what is said about it. */
export interface Failure {
  readonly exitCode: number;
  readonly message: string;
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free some space, or put temporary files elsewhere with --temp-dir, and run it again.',
  EDQUOT:
    'The disk quota is used up: free some space, or put temporary files elsewhere with --temp-dir, and run it again.',
  EACCES: 'This user may not do that: check the owner and the rights of the folder, or choose another with --out.',
  EPERM: 'This user may not do that: check the owner and the rights of the folder, or choose another with --out.',
  EROFS: 'The file system is read-only: choose another folder with --out and --temp-dir.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n).',
  ENFILE: 'Too many files are open on this system.',
  ENOTDIR: 'A part of this path is a file: choose a folder with --out.',
  EEXIST: 'There is something in the way: choose another name.',
  EISDIR: 'This is a folder: choose the name of a file.',
};

/** What an error that ended a command means; errors that are none of the user's or the system's come with their stack. */
export function describeFailure(error: unknown, interrupted: boolean): Failure {
  if (interrupted) return { exitCode: EXIT.interrupted, message: 'Interrupted; the dataset is as it was.' };
  if (error instanceof CommanderError) {
    return { exitCode: error.exitCode === 0 ? EXIT.done : EXIT.refused, message: error.message };
  }
  if (error instanceof UsageError || error instanceof DatasetError) {
    return { exitCode: EXIT.refused, message: error.message };
  }
  if (error instanceof LockedError) return { exitCode: EXIT.locked, message: error.message };
  if (error instanceof DownloadError) {
    return { exitCode: EXIT.network, message: `${error.message} The dataset is as it was.` };
  }
  const fault = systemFault(error);
  if (fault !== undefined) return { exitCode: EXIT.io, message: `${fault} The dataset is as it was.` };
  const stack = Error.isError(error) ? (error.stack ?? error.message) : String(error);
  return { exitCode: EXIT.internal, message: `An error of this program, please report it:\n${stack}` };
}

/** A sentence on a fault of the operating system or of DuckDB's resources, undefined for other errors. */
function systemFault(error: unknown): string | undefined {
  for (let cause = error; Error.isError(cause); cause = cause.cause) {
    const { code, syscall, path, dest } = cause as NodeJS.ErrnoException & { readonly dest?: string };
    if (code !== undefined && syscall !== undefined) {
      const where = path === undefined ? '' : ` ${dest === undefined ? path : `${path} to ${dest}`}`;
      return `Cannot ${syscall}${where}: ${cause.message}. ${ADVICE[code] ?? 'Check the disk and run it again.'}`;
    }
    if (/no space left on device|disk full/i.test(cause.message)) return `${cause.message}. ${ADVICE['ENOSPC']}`;
    if (cause.message.startsWith('IO Error')) return `${cause.message}. Check the disk and run it again.`;
    if (cause.message.startsWith('Out of Memory Error')) {
      return `${cause.message}. Raise --memory-limit, lower --threads, or give --temp-dir more room.`;
    }
  }
  return undefined;
}
