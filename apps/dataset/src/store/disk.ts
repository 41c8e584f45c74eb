import { open, rename, rm, writeFile } from 'node:fs/promises';

/** The steps that change a dataset directory, in the order of which its soundness after a crash rests. */
export interface Disk {
  /** Brings a file's bytes, or a folder's names, to the disk. */
  sync(path: string, kind: 'file' | 'folder'): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  write(path: string, text: string): Promise<void>;
  /** Removes a file or folder with all it holds; without effect when there is none. */
  remove(path: string): Promise<void>;
}

/** Codes with which systems say that they cannot sync a folder (Windows, some network file systems). */
const NO_FOLDER_SYNC = new Set(['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP']);

/** The real disk. */
export const disk: Disk = {
  async sync(path, kind) {
    try {
      const handle = await open(path, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (kind === 'file' || !NO_FOLDER_SYNC.has(code)) throw error;
    }
  },
  rename,
  write: (path, text) => writeFile(path, text, { flag: 'wx' }),
  remove: (path) => rm(path, { recursive: true, force: true }),
};
