import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** 32-bit words of a block. */
export const BLOCK_WORDS = 4096;
const BLOCK_BYTES = BLOCK_WORDS * 4;

/** A full block as {@link RecordRoom} keeps it: in memory, or the number of its place in the spill file. */
export type KeptBlock = Uint32Array | number;

/**
 * The memory that staged records may take, and a file for what exceeds it. Blocks are used again instead of left to the
 * garbage collector, so that no more than the budget (and the blocks being filled) is ever held. The file is removed
 * from its directory as soon as it is open: whatever ends the process, nothing is left behind.
 */
export class RecordRoom {
  /** Bytes written to the spill file so far. */
  spilledBytes = 0;
  private readonly spare: Uint32Array[] = [];
  private readonly freePlaces: number[] = [];
  private blocks = 0;
  private places = 0;
  private file: number | undefined;

  /** At most `budgetBytes` in memory, the rest in a file within `tempDir`, which is made when needed. */
  constructor(
    private readonly budgetBytes: number,
    private readonly tempDir: string,
  ) {}

  /** An empty block, its words of any value. */
  take(): Uint32Array {
    const spare = this.spare.pop();
    if (spare) return spare;
    this.blocks++;
    return new Uint32Array(BLOCK_WORDS);
  }

  /** Keeps a full block until it is {@link load}ed; it must not be touched again. Throws what the file system reports. */
  keep(block: Uint32Array): KeptBlock {
    if (this.blocks * BLOCK_BYTES <= this.budgetBytes) return block;
    const place = this.freePlaces.pop() ?? this.places++;
    this.file ??= openUnlinked(this.tempDir);
    for (let at = 0; at < BLOCK_BYTES;) {
      at += writeSync(this.file, block, at, BLOCK_BYTES - at, place * BLOCK_BYTES + at);
    }
    this.spilledBytes += BLOCK_BYTES;
    this.spare.push(block);
    return place;
  }

  /** Copies the first words of a kept block to `target` at `at` and forgets the block. Throws what the file system reports. */
  load(kept: KeptBlock, words: number, target: Uint32Array, at: number): void {
    if (typeof kept !== 'number') {
      target.set(words === BLOCK_WORDS ? kept : kept.subarray(0, words), at);
      this.spare.push(kept);
      return;
    }
    const bytes = new Uint8Array(target.buffer, target.byteOffset + at * 4, words * 4);
    for (let done = 0; done < bytes.length;) {
      const count = readSync(this.file!, bytes, done, bytes.length - done, kept * BLOCK_BYTES + done);
      if (count === 0) throw new Error(`the spill file in ${this.tempDir} ends too early`);
      done += count;
    }
    this.freePlaces.push(kept);
  }

  /** Gives back the memory, and the spill file's space; nothing may be kept any more. */
  close(): void {
    this.spare.length = 0;
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}

function openUnlinked(dir: string): number {
  mkdirSync(dir, { recursive: true });
  const path = join(dir, `records-${process.pid}`);
  const file = openSync(path, 'w+');
  rmSync(path);
  return file;
}
