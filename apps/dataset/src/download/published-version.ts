import { createHash } from 'node:crypto';
import { FORMAT_VERSION, MANIFEST_FILE, manifestSchema, SERVING_FILE, type Manifest } from '#libs/catalog';
import { fullCount } from '../amounts.js';
import { UsageError } from '../reporting.js';
import { fromAny } from './attempts.js';
import type { Bounds } from './bounds.js';
import { DownloadError } from './download-error.js';
import { get } from './http-get.js';
import { besidePlace, parsePlace, type Place } from './place.js';

const MOST_MANIFEST_BYTES = 16 * 2 ** 20;
const MOST_FILES = 100;
/** A name that is no path anywhere, and none that this program gives a meaning. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** A version of a dataset as it was published. */
export interface PublishedVersion {
  readonly manifest: Manifest;
  /** The manifest as it was sent. */
  readonly text: string;
  /** Where its files are to be had, the best places first. */
  readonly placesOf: (fileName: string) => readonly Place[];
}

/** The place of a manifest. Throws {@link UsageError} for other addresses than those of manifests. */
export function parseManifestPlace(text: string): Place {
  const place = parsePlace(text);
  if (text.includes('#')) {
    throw new UsageError(`${place.shown} is followed by a fragment (#...): give a digest with --manifest-sha256 HEX.`);
  }
  if (place.url.pathname.endsWith('/')) {
    throw new UsageError(`${place.shown} names no file: expected the address of a ${MANIFEST_FILE}.`);
  }
  return place;
}

/**
 * Downloads and checks the manifest of a published version from the first of the places that has it. Throws
 * {@link DownloadError} when none has one that can be used, with this digest if one is given.
 */
export async function findPublished(
  places: readonly Place[],
  sha256: string | undefined,
  bounds: Bounds,
): Promise<PublishedVersion> {
  let bytes = 0;
  const attempt = async (place: Place) => {
    bytes = 0;
    const content = await readManifest(place, bounds, (received) => (bytes += received));
    return { place, text: content.toString(), manifest: checkedManifest(place, content, sha256) };
  };
  const { place, text, manifest } = await fromAny({ places, attempt, bytes: () => bytes }, bounds);
  const best = [place, ...places.filter((other) => other !== place)];
  return { manifest, text, placesOf: (name) => best.map((one) => besidePlace(one, name)) };
}

async function readManifest(place: Place, bounds: Bounds, onBytes: (count: number) => void): Promise<Buffer> {
  const answer = await get(place, {}, bounds);
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of answer.body()) {
      pieces.push(piece);
      length += piece.length;
      onBytes(piece.length);
      if (length > MOST_MANIFEST_BYTES) {
        throw new DownloadError(`${place.shown} has more than ${fullCount(MOST_MANIFEST_BYTES)} bytes: no manifest.`);
      }
    }
  } finally {
    answer.discard();
  }
  return Buffer.concat(pieces);
}

function checkedManifest({ shown }: Place, content: Buffer, sha256: string | undefined): Manifest {
  const found = createHash('sha256').update(content).digest('hex');
  if (sha256 !== undefined && found !== sha256) {
    throw new DownloadError(`${shown} is not the one asked for: its sha256 is ${found}, not ${sha256}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(content.toString());
  } catch (cause) {
    throw new DownloadError(`${shown} is no manifest: ${(cause as Error).message}.`, { cause });
  }
  const format = (value as { readonly formatVersion?: unknown } | null)?.formatVersion;
  if (typeof format === 'number' && format !== FORMAT_VERSION) {
    const advice =
      format > FORMAT_VERSION ? 'run a newer spotify-charts' : 'publish one that a newer program has built';
    throw new DownloadError(`${shown} is of format ${format}, this program reads format ${FORMAT_VERSION}: ${advice}.`);
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new DownloadError(`${shown} is no valid manifest (${faults}).`);
  }
  const fault = faultOfFiles(parsed.data.files);
  if (fault !== undefined) throw new DownloadError(`${shown} is no valid manifest: ${fault}.`);
  return parsed.data;
}

function faultOfFiles(files: Manifest['files']): string | undefined {
  if (files.length > MOST_FILES) return `it lists ${fullCount(files.length)} files, more than ${MOST_FILES}`;
  const names = new Set<string>();
  for (const { name } of files) {
    // Some file systems do not tell capitals from small letters.
    const folded = name.toLowerCase();
    if (!PLAIN_NAME.test(name) || folded === MANIFEST_FILE) {
      return `${JSON.stringify(name.slice(0, 100))} is no name of a file that may be beside it`;
    }
    if (names.has(folded)) return `it lists ${name} twice`;
    names.add(folded);
  }
  return names.has(SERVING_FILE) ? undefined : `it lists no ${SERVING_FILE}`;
}
