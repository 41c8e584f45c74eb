import { chmodSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_FILE, SERVING_FILE } from '#libs/catalog';

/** Something that is wrong with a dataset. */
export interface Damage {
  readonly fault: string;
  /** Does it to a version in a dataset directory; returns what undoes it where a copy of the version does not. */
  readonly inflict: (dir: string, version: string) => (() => void) | void;
  /** What is said of it. */
  readonly message: RegExp;
}

/** The user that the service runs as where root runs the tests, as root may read everything. */
export const OTHER_USER = process.getuid?.() === 0 ? 65_534 : undefined;

function flipOneByte(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 0xff;
  writeFileSync(path, bytes);
}

function changeManifest(folder: string, change: (text: string) => string): void {
  const path = join(folder, MANIFEST_FILE);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

function forbid(path: string): () => void {
  chmodSync(path, 0);
  return () => chmodSync(path, 0o755);
}

/** Each with what the service has to say. */
export const DAMAGES: readonly Damage[] = [
  {
    fault: 'current points nowhere',
    inflict: (dir) => writeFileSync(join(dir, 'current'), '0123456789abcdef\n'),
    message: /0123456789abcdef\/manifest\.json cannot be read .*half-written.* Build it again with/,
  },
  {
    fault: 'file truncated',
    inflict: (dir, version) => truncateSync(join(dir, version, SERVING_FILE), 4096),
    message: /has 4096 bytes, the manifest says \d+: it is half-written or damaged\. Build it again with/,
  },
  {
    fault: 'one byte flipped',
    inflict: (dir, version) => flipOneByte(join(dir, version, SERVING_FILE)),
    message: /is damaged: its sha256 is [0-9a-f]{64}, the manifest says [0-9a-f]{64}\. Build it again with/,
  },
  {
    fault: 'another digest in the manifest',
    inflict: (dir, version) =>
      changeManifest(join(dir, version), (text) => text.replace(/("sha256": ?")[0-9a-f]{8}/, '$100000000')),
    message: /is damaged: its sha256 is [0-9a-f]{64}, the manifest says 0{8}[0-9a-f]{56}\. Build it again with/,
  },
  {
    fault: 'newer format',
    inflict: (dir, version) =>
      changeManifest(join(dir, version), (text) =>
        text.replace(/("formatVersion": ?)(\d+)/, (_, name: string, format) => `${name}${Number(format) + 1}`),
      ),
    message: /is of format \d+, this program reads format \d+: run a newer spotify-charts/,
  },
  {
    fault: 'directory unreadable',
    inflict: (dir) => forbid(dir),
    message: /cannot be read by user \d+: EACCES.*Allow it with "chmod -R a\+rX /,
  },
  {
    fault: 'permission denied on the file',
    inflict: (dir, version) => forbid(join(dir, version, SERVING_FILE)),
    message: /cannot be read by user \d+: EACCES.*Allow it with "chmod -R a\+rX /,
  },
];
