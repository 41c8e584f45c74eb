import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { ROOT } from '../setup/tree.js';

/** A package that `npm ci --omit=dev` puts into the image, or into one for another platform. */
export interface RuntimePackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, undefined when it has none. */
  readonly licence: string | undefined;
  readonly integrity: string | undefined;
  readonly hasInstallScript: boolean;
}

const entrySchema = z.looseObject({
  dev: z.boolean().optional(),
  version: z.string().optional(),
  license: z.string().optional(),
  integrity: z.string().optional(),
  hasInstallScript: z.boolean().optional(),
});
const { packages: LOCKED } = z
  .object({ packages: z.record(z.string(), entrySchema) })
  .parse(JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')));

const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** The licence by the package itself, or by the lockfile where another platform's is not here. */
function licenceOf(place: string): string | undefined {
  const manifest = `${ROOT}${place}/package.json`;
  if (existsSync(manifest)) {
    const { license } = z.looseObject({ license: z.unknown() }).parse(JSON.parse(readFileSync(manifest, 'utf8')));
    return typeof license === 'string' ? license : undefined;
  }
  const known = LOCKED[place]?.license;
  if (known !== undefined) return known;
  // Builds of one program for several platforms have one licence; the one for this platform is here.
  const family = nameOf(place).replace(/-(darwin|linux|win32)-(arm64|x64)(-musl)?$/, '');
  return family === nameOf(place) ? undefined : licenceOf(`node_modules/${family}`);
}

/** All of them, by name and version; one that is installed at several places once. */
export const RUNTIME: readonly RuntimePackage[] = [
  ...new Map(
    Object.entries(LOCKED)
      .filter(([place, { dev }]) => place !== '' && dev !== true)
      .map(([place, { version = '', integrity, hasInstallScript = false }]) => {
        const name = nameOf(place);
        return [
          `${name}@${version}`,
          { name, version, licence: licenceOf(place), integrity, hasInstallScript },
        ] as const;
      }),
  ).values(),
].toSorted((a, b) => (a.name === b.name ? (a.version < b.version ? -1 : 1) : a.name < b.name ? -1 : 1));
