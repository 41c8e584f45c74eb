/** The parts of a lockfile that are read. */
export interface LockedPackages {
  readonly [path: string]: { readonly optionalDependencies?: Readonly<Record<string, string>> | undefined };
}

export function lockPathOf(packages: LockedPackages, dependent: string, name: string): string | undefined;

export function missingOptionals(lock: {
  readonly packages: LockedPackages;
}): readonly { readonly dependent: string; readonly name: string; readonly version: string }[];

export function platformOf(
  name: string,
): { readonly os: readonly string[]; readonly cpu: readonly string[]; readonly libc?: readonly string[] } | undefined;
