/**
 * Completes package-lock.json with the platform packages that npm could not look up when it wrote the file.
 *
 * Packages with native parts (DuckDB, SWC, oxlint) name one optional package for each platform. A mirror that holds
 * only some of them makes npm leave the others out, and `npm ci` then refuses the lockfile. Their entries follow from
 * their names (`-linux-arm64-musl`), so they are written here; without a digest, which only the package itself gives.
 * Run it after `npm install`: `npm run lock:platforms`. It runs on any Node from 20 on and needs no package.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const LIBC = { gnu: 'glibc', glibc: 'glibc', musl: 'musl' };

/** Path in the lockfile where `dependent` finds `name`, or undefined; looked up as Node does, from the inside out. */
export function lockPathOf(packages, dependent, name) {
  for (let folder = dependent; ; folder = folder.replace(/\/?node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (packages[path]) return path;
    if (folder === '') return undefined;
  }
}

/** Optional packages that the lockfile's packages name and the lockfile lacks: [{ dependent, name, version }]. */
export function missingOptionals(lock) {
  return Object.entries(lock.packages).flatMap(([dependent, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => lockPathOf(lock.packages, dependent, name) === undefined)
      .map(([name, version]) => ({ dependent, name, version })),
  );
}

/** os, cpu and libc that a platform package's name says, or undefined when the name is no platform's. */
export function platformOf(name) {
  const words = name.split(/[-/]/);
  const at = words.findIndex((word) => SYSTEMS.includes(word));
  const [os, cpu, abi] = words.slice(at);
  if (at < 0 || cpu === undefined) return undefined;
  const libc = os === 'linux' && abi !== undefined ? LIBC[abi] : undefined;
  return { os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }) };
}

function complete(file) {
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = missingOptionals(lock).map(({ dependent, name, version }) => {
    const platform = platformOf(name);
    if (!platform)
      throw new Error(`${dependent} names ${name}, whose name says no platform: add it to ${file} by hand`);
    const { dev } = lock.packages[dependent];
    lock.packages[`node_modules/${name}`] = { version, ...(dev ? { dev } : {}), optional: true, ...platform };
    return `${name}@${version}`;
  });
  const [root, ...others] = Object.entries(lock.packages);
  others.sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries([root, ...others]);
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length > 0 ? `${file}: added ${added.join(', ')}` : `${file}: complete`);
}

if (import.meta.url === `file://${process.argv[1]}`) complete('package-lock.json');
