import { DatasetError, openVersion, readPointer, type DatasetVersion } from '#libs/catalog';
import { fullCount } from '../amounts.js';
import { UsageError } from '../reporting.js';
import { listVersions, type HeldVersion } from './versions.js';

/** Stands for the newest version that was made before the current one. */
export const PREVIOUS = 'previous';

/** Versions in a directory and the current one's name, if the pointer makes sense. Throws a {@link DatasetError} where there are none. */
export async function heldVersions(
  dir: string,
): Promise<{ held: readonly HeldVersion[]; current: string | undefined }> {
  const held = await listVersions(dir).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  });
  if (held.length === 0) {
    throw new DatasetError(
      'missing',
      `No dataset in ${dir}: it holds no version. Build one with "npm run dataset -- build FILE... --out ${dir}".`,
    );
  }
  const current = await readPointer(dir).catch((error: unknown) => {
    // A pointer that makes no sense is one reason to choose a version.
    if (error instanceof DatasetError && error.fault !== 'unreadable') return undefined;
    throw error;
  });
  return { held, current };
}

/**
 * The version that a text stands for: {@link PREVIOUS}, or the beginning of its name or digest. Throws a {@link UsageError} that names the
 * versions that are there when it stands for none or for several, and a {@link DatasetError} when that version is damaged.
 */
export async function chooseVersion(dir: string, wish: string): Promise<DatasetVersion> {
  const { held, current } = await heldVersions(dir);
  const found = wish === PREVIOUS ? before(held, current) : held.filter((one) => isMeant(one, wish));
  const [only, another] = found;
  if (only === undefined || another !== undefined) {
    const fault = another ? `${JSON.stringify(wish)} stands for several versions` : reason(wish, current);
    const list = held.map((one) => `- ${describe(one, current)}`).join('\n');
    throw new UsageError(`${fault}. In ${dir} there are:\n${list}`);
  }
  return openVersion(dir, only.name);
}

function isMeant({ name, version }: HeldVersion, wish: string): boolean {
  if (!/^[0-9a-f]{4,64}$/.test(wish)) return false;
  const digest = version?.manifest.version;
  return name.startsWith(wish) || (wish.length > name.length && (digest?.startsWith(wish) ?? false));
}

/** The newest sound one that was made before the current one; with a current one that is damaged or gone, the newest. */
function before(held: readonly HeldVersion[], current: string | undefined): readonly HeldVersion[] {
  const sound = held.filter(({ version }) => version !== undefined);
  return sound.slice(sound.findIndex(({ name }) => name === current) + 1).slice(0, 1);
}

function reason(wish: string, current: string | undefined): string {
  if (wish === PREVIOUS) return `No version was made before the current one, ${current ?? 'which is none'}`;
  return `No version begins with ${JSON.stringify(wish)}; a version is given by at least 4 hexadecimal digits of its name, or by "${PREVIOUS}"`;
}

function describe({ name, version }: HeldVersion, current: string | undefined): string {
  const mark = name === current ? ' (current)' : '';
  if (version === undefined) return `${name}${mark}: damaged or of another format`;
  const { createdAt, firstDate, lastDate, rows } = version.manifest;
  return `${name}${mark}: made ${createdAt}, ${firstDate} to ${lastDate}, ${fullCount(rows.entries)} rows`;
}
