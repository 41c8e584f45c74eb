import { spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** Something that is done to the serving file while it is served. */
export interface ServedDamage {
  readonly fault: string;
  /** Does it to the file; `other` is a sound serving file of another version. */
  readonly inflict: (file: string, other: string) => void;
  /** Whether what is not in memory can go on. */
  readonly reads: 'none' | 'some' | 'all';
  /** The metric that says so. */
  readonly metric: 'dataset_damaged' | 'dataset_refresh_failing';
  /** What mends it: the other version, or the same one put back. */
  readonly mendedBy: 'other' | 'same';
}

/** DuckDB's blocks, and where the first of them begins. */
const BLOCK_BYTES = 65_536;
const FIRST_BLOCK = 12_288;

function changing(file: string, change: (descriptor: number, bytes: number) => void): void {
  const descriptor = openSync(file, 'r+');
  change(descriptor, fstatSync(descriptor).size);
  closeSync(descriptor);
}

function flip(descriptor: number, at: number): void {
  const byte = Buffer.alloc(1);
  readSync(descriptor, byte, 0, 1, at);
  writeSync(descriptor, Buffer.of(byte[0]! ^ 0xff), 0, 1, at);
}

/** Changes bytes and leaves the file's times as they were, to the nanosecond, as a bad disk does. */
function rot(file: string): void {
  const kept = `${file}.times`;
  spawnSync('touch', ['--reference', file, kept]);
  changing(file, (descriptor, bytes) => {
    // Of every block: those that DuckDB has in memory are still sound.
    for (let at = FIRST_BLOCK + BLOCK_BYTES / 2; at < bytes; at += BLOCK_BYTES) flip(descriptor, at);
  });
  spawnSync('touch', ['--reference', kept, file]);
  rmSync(kept);
}

/** Each with what has to come of it. */
export const SERVED_DAMAGES: readonly ServedDamage[] = [
  {
    fault: 'a byte of it overwritten',
    inflict: (file) => changing(file, (descriptor, bytes) => flip(descriptor, bytes >> 1)),
    ...{ reads: 'none', metric: 'dataset_damaged', mendedBy: 'other' },
  },
  {
    fault: 'bytes of it changed by the disk',
    inflict: rot,
    ...{ reads: 'some', metric: 'dataset_damaged', mendedBy: 'other' },
  },
  {
    fault: 'it is cut off',
    inflict: (file) => changing(file, (descriptor) => ftruncateSync(descriptor, 4096)),
    ...{ reads: 'none', metric: 'dataset_damaged', mendedBy: 'same' },
  },
  {
    fault: 'another sound one copied over it',
    inflict: (file, other) =>
      changing(file, (descriptor) => {
        const bytes = readFileSync(other);
        ftruncateSync(descriptor, bytes.length);
        writeSync(descriptor, bytes, 0, bytes.length, 0);
      }),
    ...{ reads: 'none', metric: 'dataset_damaged', mendedBy: 'other' },
  },
  {
    fault: 'its folder deleted',
    inflict: (file) => rmSync(dirname(file), { recursive: true }),
    ...{ reads: 'all', metric: 'dataset_refresh_failing', mendedBy: 'same' },
  },
];

/** Puts a sound copy of a version's folder where a damaged one is. */
export function putBack(folder: string, sound: string): void {
  rmSync(folder, { recursive: true, force: true });
  cpSync(sound, folder, { recursive: true });
}
