import { createHash } from 'node:crypto';
import { open, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CURRENT_FILE, MANIFEST_FILE, SERVING_FILE, manifestSchema, versionFolder, type Manifest } from './manifest.js';
import { FORMAT_VERSION } from './tables.js';

/** What may be wrong with a dataset directory. */
export type DatasetFault = 'missing' | 'incomplete' | 'corrupt' | 'too-new' | 'too-old' | 'too-large' | 'unreadable';

const allow = (dir: string) => `Allow it with "chmod -R a+rX ${dir}", or run as the user who owns it.`;
const TOO_MANY = 'This process, or the system, has too many files open: raise its limit (ulimit -n).';
const BROKEN_DISK = 'The disk or the volume does not answer as it should: look at it, or move the dataset to another.';

/** What to do about an error of the system that says nothing on what is in the files. */
const UNREADABLE: ReadonlyMap<string, (dir: string) => string> = new Map([
  ['EACCES', allow],
  ['EPERM', allow],
  ['EMFILE', () => TOO_MANY],
  ['ENFILE', () => TOO_MANY],
  ['EIO', () => BROKEN_DISK],
  ['ESTALE', () => BROKEN_DISK],
]);

/** A dataset that cannot be used; the message says what is wrong, where, and what to run. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';

  constructor(
    readonly fault: DatasetFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A version's folder with its manifest. */
export interface DatasetVersion {
  /** Folder of the version. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Path of the serving file. */
  readonly servingFile: string;
}

/**
 * The version that `DIR/current` points to, its manifest checked and the files' sizes compared.
 * Throws {@link DatasetError} that names what to run when there is none, or it is half-written or of another format.
 */
export async function openCurrent(dir: string): Promise<DatasetVersion> {
  const name = await readPointer(dir);
  if (name === undefined) {
    throw new DatasetError(
      'missing',
      `No dataset in ${dir}: it has no file "${CURRENT_FILE}". Build one with "npm run dataset -- build FILE... --out ${dir}", or make a sample with "npm run dataset -- sample --out ${dir}".`,
    );
  }
  return openVersion(dir, name);
}

/** Name of the folder that `DIR/current` points to, or undefined when there is no pointer. Throws {@link DatasetError} on one that is no folder's name. */
export async function readPointer(dir: string): Promise<string | undefined> {
  let text: string;
  try {
    text = await readFile(join(dir, CURRENT_FILE), 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' || (cause as NodeJS.ErrnoException).code === 'ENOTDIR')
      return undefined;
    throw (
      unreadable(dir, cause) ??
      new DatasetError('incomplete', `Cannot read ${join(dir, CURRENT_FILE)}: ${(cause as Error).message}`, { cause })
    );
  }
  const name = text.trim();
  if (!/^[0-9a-f]{16}$/.test(name)) {
    throw new DatasetError(
      'corrupt',
      `${join(dir, CURRENT_FILE)} holds ${JSON.stringify(text.slice(0, 80))}, which is no version: expected the name of a folder beside it, 16 hexadecimal digits. Write it anew with "npm run dataset -- build FILE... --out ${dir}".`,
    );
  }
  return name;
}

/** A version by its folder's name, its manifest checked and the files' sizes compared. Throws {@link DatasetError}. */
export async function openVersion(dir: string, name: string): Promise<DatasetVersion> {
  const folder = join(dir, name);
  const again = `Build it again with "npm run dataset -- build FILE... --out ${dir}".`;
  const manifest = await readManifest(dir, folder, again);
  if (versionFolder(manifest.version) !== name || !manifest.files.some((file) => file.name === SERVING_FILE)) {
    throw new DatasetError(
      'corrupt',
      `The manifest in ${folder} is of another version or lists no ${SERVING_FILE}. ${again}`,
    );
  }
  for (const file of manifest.files) {
    const path = join(folder, file.name);
    const { size } = await stat(path).catch((cause: unknown) => {
      throw (
        unreadable(dir, cause) ??
        new DatasetError('incomplete', `${path} is missing although the manifest lists it. ${again}`, { cause })
      );
    });
    if (size !== file.bytes) {
      throw new DatasetError(
        'corrupt',
        `${path} has ${size} bytes, the manifest says ${file.bytes}: it is half-written or damaged. ${again}`,
      );
    }
  }
  return { folder, manifest, servingFile: join(folder, SERVING_FILE) };
}

/** What to say when the system does not let this process read, or cannot: the dataset itself may be sound. */
function unreadable(dir: string, cause: unknown): DatasetError | undefined {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const advice = UNREADABLE.get(code);
  if (advice === undefined) return undefined;
  const user = process.getuid === undefined ? '' : ` by user ${process.getuid()}`;
  return new DatasetError('unreadable', `The dataset in ${dir} cannot be read${user}: ${message}. ${advice(dir)}`, {
    cause,
  });
}

async function readManifest(dir: string, folder: string, again: string): Promise<Manifest> {
  const path = join(folder, MANIFEST_FILE);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw (
      unreadable(dir, cause) ??
      new DatasetError(
        'incomplete',
        `${path} cannot be read (${(cause as Error).message}): the version is half-written. ${again}`,
        { cause },
      )
    );
  }
  const format = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof format === 'number' && format !== FORMAT_VERSION) {
    throw format > FORMAT_VERSION
      ? new DatasetError(
          'too-new',
          `${path} is of format ${format}, this program reads format ${FORMAT_VERSION}: run a newer spotify-charts, or build the dataset with this one.`,
        )
      : new DatasetError('too-old', `${path} is of format ${format}, this program reads ${FORMAT_VERSION}. ${again}`);
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new DatasetError('corrupt', `${path} is no valid manifest (${faults}). ${again}`);
  }
  return parsed.data;
}

/** Compares each file of a version with the sha256 in its manifest; throws {@link DatasetError} at the first that differs. */
export async function checkDigests({ folder, manifest }: DatasetVersion): Promise<void> {
  for (const file of manifest.files) {
    const digest = await sha256File(join(folder, file.name)).catch((cause: unknown) => {
      throw unreadable(dirname(folder), cause) ?? cause;
    });
    if (digest !== file.sha256) {
      throw new DatasetError(
        'corrupt',
        `${join(folder, file.name)} is damaged: its sha256 is ${digest}, the manifest says ${file.sha256}. Build it again with "npm run dataset -- build FILE...".`,
      );
    }
  }
}

/** Hexadecimal sha256 of a file's bytes. */
export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  // One buffer for all of the file: a stream would leave its chunks to the garbage collector, which comes late for them.
  const buffer = Buffer.allocUnsafe(1 << 20);
  await using file = await open(path);
  for (let read = await file.read(buffer); read.bytesRead > 0; read = await file.read(buffer)) {
    hash.update(buffer.subarray(0, read.bytesRead));
  }
  return hash.digest('hex');
}
