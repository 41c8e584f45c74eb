import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';

const READ_BYTES = 1 << 20;

/** A file that grows at its end, with the digest of what it holds; close it in any case. */
export class PartialFile {
  private length = 0;
  private hash: Hash = createHash('sha256');

  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** Opens a file that may hold the beginning of the content already. */
  static async open(path: string): Promise<PartialFile> {
    const file = new PartialFile(path, await open(path, constants.O_RDWR | constants.O_CREAT));
    try {
      await file.digestContent();
    } catch (error) {
      await file.handle.close();
      throw error;
    }
    return file;
  }

  /** Bytes that it holds. */
  get bytes(): number {
    return this.length;
  }

  /** Hexadecimal sha256 of what it holds. */
  get sha256(): string {
    return this.hash.copy().digest('hex');
  }

  /** Adds bytes at the end. */
  async append(piece: Buffer): Promise<void> {
    for (let written = 0; written < piece.length;) {
      const { bytesWritten } = await this.handle.write(piece, written, piece.length - written, this.length + written);
      written += bytesWritten;
    }
    this.hash.update(piece);
    this.length += piece.length;
  }

  /** Empties it. */
  async restart(): Promise<void> {
    await this.handle.truncate(0);
    this.hash = createHash('sha256');
    this.length = 0;
  }

  /** Closes it; an empty one that nothing came for is removed. */
  async close({ keepEmpty }: { readonly keepEmpty: boolean }): Promise<void> {
    await this.handle.close();
    if (this.length === 0 && !keepEmpty) await rm(this.path, { force: true });
  }

  private async digestContent(): Promise<void> {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      const { bytesRead } = await this.handle.read(buffer, 0, READ_BYTES, this.length);
      if (bytesRead === 0) return;
      this.hash.update(buffer.subarray(0, bytesRead));
      this.length += bytesRead;
    }
  }
}
