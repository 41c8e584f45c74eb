import { fstat, type BigIntStats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { DatasetError } from '#libs/catalog';
import type { QueryGuard } from '#libs/duckdb';

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
  ) {}

  /** Opens it, to be what it was when it had this stamp. Rejects with what the system reports. */
  static async open(path: string, stamp: string): Promise<ServedFile> {
    return new ServedFile(path, await open(path), stamp);
  }

  /** Throws {@link DatasetError} when the file is known to have been written to. */
  before(): void {
    if (this.change) throw this.change;
  }

  /** Rejects with {@link DatasetError} when the file was written to. By a callback: as a promise of Node it takes eleven. */
  after(): Promise<void> {
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

/** Size and time of the last change of what stands at a path; empty when that cannot be had. */
export async function stampAt(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(stampOf, () => '');
}

function stampOf({ size, mtimeNs }: BigIntStats): string {
  return `${size} ${mtimeNs}`;
}
