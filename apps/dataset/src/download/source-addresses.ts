import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError, type Reporter } from '../reporting.js';
import type { Bounds } from './bounds.js';
import { downloadFile } from './download-file.js';
import { hideSecrets, parsePlace, type Place } from './place.js';

/** A chart file to be downloaded. */
export interface SourceAddress {
  readonly place: Place;
  /** Name of the file, from the path of the address. */
  readonly fileName: string;
  /** Hexadecimal, from the fragment of the address. */
  readonly sha256: string | undefined;
}

/** A chart file that was downloaded. */
export interface DownloadedSource {
  /** Where it is now. */
  readonly path: string;
  /** Its address without secrets. */
  readonly name: string;
}

/**
 * The chart files that addresses name, each once, in the order of the addresses' bytes, so that the order in which they
 * are given plays no part. Throws {@link UsageError} for what is no such address.
 */
export function parseSourceAddresses(addresses: readonly string[]): readonly SourceAddress[] {
  const found = new Map<string, SourceAddress>();
  for (const text of addresses) {
    const source = parseSourceAddress(text);
    const { href } = source.place.url;
    const known = found.get(href);
    if (known?.sha256 !== undefined && source.sha256 !== undefined && known.sha256 !== source.sha256) {
      throw new UsageError(`${source.place.shown} is given with two digests: expected one.`);
    }
    found.set(href, known?.sha256 === undefined ? source : known);
  }
  return [...found].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map(([, source]) => source);
}

/** Downloads the chart files into a folder, one after the other. Throws {@link DownloadError}. */
export async function downloadSources(
  sources: readonly SourceAddress[],
  folder: string,
  bounds: Bounds,
  reporter: Reporter,
): Promise<readonly DownloadedSource[]> {
  const downloaded: DownloadedSource[] = [];
  for (const [index, { place, fileName, sha256 }] of sources.entries()) {
    // Each in a folder of its own: files of several addresses may have the same name.
    const own = join(folder, String(index));
    await mkdir(own, { recursive: true });
    const path = join(own, fileName);
    const begin = (totalBytes: number | undefined) => reporter.phase(`download ${fileName}`, totalBytes, 'bytes');
    let phase: ReturnType<typeof begin> | undefined;
    await downloadFile({
      places: [place],
      path,
      expected: { sha256 },
      bounds,
      begin: (totalBytes) => (phase = begin(totalBytes)),
    });
    phase?.done();
    downloaded.push({ path, name: place.shown });
  }
  return downloaded;
}

function parseSourceAddress(text: string): SourceAddress {
  const place = parsePlace(text);
  const fragment = /#(.*)$/s.exec(text)?.[1];
  const [, sha256] = /^sha256=([0-9a-f]{64})$/i.exec(fragment ?? '') ?? [];
  if (fragment !== undefined && sha256 === undefined) {
    throw new UsageError(`${place.shown}#${fragment}: expected a digest of 64 hexadecimal digits, #sha256=HEX.`);
  }
  return { place, fileName: fileNameOf(place), sha256: sha256?.toLowerCase() };
}

function fileNameOf({ url, shown }: Place): string {
  const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  let name: string;
  try {
    name = decodeURIComponent(last);
  } catch {
    name = '';
  }
  if (name === '' || name === '.' || name === '..' || /[/\\\p{Cc}]/u.test(name) || Buffer.byteLength(name) > 200) {
    throw new UsageError(
      `${hideSecrets(shown)} names no file: expected an address whose path ends in a name such as charts.csv.gz.`,
    );
  }
  return name;
}
