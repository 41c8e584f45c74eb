import { fstat, fstatSync, type BigIntStats } from 'node:fs';
import { open, stat, statfs, type FileHandle } from 'node:fs/promises';
import { DatasetError } from '#libs/catalog';
import type { QueryGuard } from '#libs/duckdb';

/**
 * File systems that know the state of an open file without asking anybody (`f_type` of statfs(2) on Linux): ext2 to ext4, XFS, Btrfs,
 * F2FS, ZFS, tmpfs, and overlay and EROFS, of which container images are made. Any other may be a network's, which may not answer.
 */
const LOCAL_FILE_SYSTEMS = new Set([
  ...[0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0x01021994],
  ...[0x794c7630, 0xe0f5e1e2],
]);

/**
 * The serving file of an open version, which nobody may write to: DuckDB finds damage by the checksum of each block, but
 * takes the blocks of another sound file, copied over this one, for its own. So the file's size and time of change are
 * looked at after each query, before its result is used, and once they have changed nothing more is read from it.
 */
export class ServedFile implements QueryGuard {
  private change: DatasetError | undefined;

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly stamp: string,
    private readonly isLocal: boolean,
  ) {}

  /** Opens it, to be what it was when it had this stamp. Rejects with what the system reports. */
  static async open(path: string, stamp: string, isLocal?: boolean): Promise<ServedFile> {
    return new ServedFile(path, await open(path), stamp, isLocal ?? (await isOnLocalFileSystem(path)));
  }

  /** Throws {@link DatasetError} when the file is known to have been written to. */
  before(): void {
    if (this.change) throw this.change;
  }

  /**
   * Throws, or rejects with, {@link DatasetError} when the file was written to. At once where the system knows: to have another
   * thread look takes a twentieth of an answer that is asked for alone. By a callback else: as a promise of Node it takes eleven.
   */
  after(): Promise<void> | undefined {
    if (this.isLocal) {
      if (!this.isAsItWas(fstatSync(this.handle.fd, { bigint: true }))) throw this.change!;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      fstat(this.handle.fd, { bigint: true }, (error, stats) => {
        if (error) reject(error);
        else if (this.isAsItWas(stats)) resolve();
        else reject(this.change!);
      });
    });
  }

  private isAsItWas(stats: BigIntStats): boolean {
    if (this.change === undefined && stampOf(stats) !== this.stamp) {
      this.change = new DatasetError(
        'corrupt',
        `${this.path} was written to while it was served, and is not read any more. Make a new version with "npm run dataset -- build FILE..."; never write into one.`,
      );
    }
    return this.change === undefined;
  }

  /** Whether what stands at its path is the file that was opened, as far as size and time of change tell. */
  async isInPlace(): Promise<boolean> {
    return (await stampAt(this.path)) === this.stamp;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** Whether a file is where looking at it never waits; not, where that cannot be told. */
async function isOnLocalFileSystem(path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  return statfs(path).then(
    ({ type }) => LOCAL_FILE_SYSTEMS.has(type),
    () => false,
  );
}

/** Size and time of the last change of what stands at a path; empty when that cannot be had. */
export async function stampAt(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(stampOf, () => '');
}

function stampOf({ size, mtimeNs }: BigIntStats): string {
  return `${size} ${mtimeNs}`;
}
