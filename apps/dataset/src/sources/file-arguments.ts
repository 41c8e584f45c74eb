import { glob, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../reporting.js';

/** A file that was named on the command line, or matched a pattern there. */
export interface NamedFile {
  /** As it was named, for messages. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * The files that arguments name or match as patterns (`*`, `**`, `?`, `[...]`, `{a,b}`), each once, in the byte order of
 * their absolute paths. An argument that is a file's exact name is never taken as a pattern. Throws {@link UsageError}
 * that names the argument when there is no such file, it is a folder, or a pattern matches nothing.
 */
export async function expandArguments(args: readonly string[]): Promise<NamedFile[]> {
  if (args.length === 0) throw new UsageError('No files: name at least one CSV or Parquet file, or a pattern of them.');
  const found = new Map<string, NamedFile & { readonly sortKey: Buffer }>();
  for (const argument of args) {
    for (const file of await filesOf(argument)) {
      const identity = await realpath(file.path);
      if (!found.has(identity)) found.set(identity, { ...file, sortKey: Buffer.from(resolve(file.path)) });
    }
  }
  return [...found.values()]
    .sort((a, b) => Buffer.compare(a.sortKey, b.sortKey))
    .map(({ path, bytes }) => ({ path, bytes }));
}

async function filesOf(argument: string): Promise<NamedFile[]> {
  const exact = await stat(argument).catch(() => undefined);
  if (exact?.isDirectory()) {
    throw new UsageError(`${argument} is a folder: name the files in it, for instance "${argument}/*.csv".`);
  }
  if (exact) {
    if (!exact.isFile()) throw new UsageError(`${argument} is no regular file: rows are read from files only.`);
    return [{ path: argument, bytes: exact.size }];
  }
  if (!/[*?[{]/.test(argument)) throw new UsageError(`${argument} does not exist.`);
  const files: NamedFile[] = [];
  for await (const path of glob(argument)) {
    const match = await stat(path).catch(() => undefined);
    if (match?.isFile()) files.push({ path, bytes: match.size });
  }
  if (files.length === 0) throw new UsageError(`${argument} matches no file.`);
  return files;
}
