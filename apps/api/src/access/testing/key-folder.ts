import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKey } from '../new-key.js';

/** A file of keys as Kubernetes mounts a Secret: a link to a file in a folder that a link names, which is swapped. */
export class KeyFolder {
  private readonly folder = mkdtempSync(join(tmpdir(), 'keys-'));
  private version = 0;
  /** Path of the file. */
  readonly path = join(this.folder, 'keys');

  constructor(text: string) {
    this.swap(text);
    symlinkSync(join('..data', 'keys'), this.path);
  }

  /** Another text in the place of the one before, in one step. */
  swap(text: string): void {
    const name = `..version-${this.version++}`;
    mkdirSync(join(this.folder, name));
    writeFileSync(join(this.folder, name, 'keys'), text);
    symlinkSync(name, join(this.folder, '..data_tmp'));
    renameSync(join(this.folder, '..data_tmp'), join(this.folder, '..data'));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Keys with the file that has all of them. */
export function keysOf<Name extends string>(limits: Readonly<Record<Name, number | undefined>>) {
  const made = Object.entries<number | undefined>(limits).map(
    ([name, limit]) => [name, newKey(name, limit === undefined ? undefined : String(limit))] as const,
  );
  return {
    keys: Object.fromEntries(made.map(([name, { key }]) => [name, key])) as Readonly<Record<Name, string>>,
    text: made.map(([, { line }]) => `${line}\n`).join(''),
  };
}
