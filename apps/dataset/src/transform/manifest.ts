import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CHARTS,
  FORMAT_VERSION,
  formatDay,
  MANIFEST_FILE,
  manifestSchema,
  REJECTS_FILE,
  SERVING_FILE,
  sha256File,
  toolVersion,
  type Manifest,
} from '#libs/catalog';
import type { Written } from './write-serving-file.js';

const [TOP200, VIRAL50] = [CHARTS.indexOf('top200'), CHARTS.indexOf('viral50')];

/** What a manifest says beyond what was written. */
export interface ManifestParts {
  readonly folder: string;
  readonly period: 'daily' | 'weekly';
  readonly sources: Manifest['sources'];
  /** Rejected rows by reason. */
  readonly rejects: Readonly<Record<string, number>>;
}

/** Writes `manifest.json` of a version whose other files are complete in the folder. */
export async function writeManifest(written: Written, parts: ManifestParts): Promise<Manifest> {
  const { ids } = written;
  const { regions, days } = ids.used;
  const manifest = manifestSchema.parse({
    formatVersion: FORMAT_VERSION,
    version: written.version,
    period: parts.period,
    createdAt: new Date().toISOString(),
    toolVersion: toolVersion(),
    files: await Promise.all([SERVING_FILE, REJECTS_FILE].map((name) => describeFile(parts.folder, name))),
    rows: countRows(written),
    regions: Array.from(regions.kept, (_, id) => Buffer.from(ids.regionName(id)).toString()),
    firstDate: formatDay(days.kept[0]!),
    lastDate: formatDay(days.kept.at(-1)!),
    sources: parts.sources,
    rejects: parts.rejects,
    quality: assessQuality(written),
  } satisfies Manifest);
  await writeFile(join(parts.folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function describeFile(folder: string, name: string): Promise<Manifest['files'][number]> {
  const path = join(folder, name);
  return { name, bytes: (await stat(path)).size, sha256: await sha256File(path) };
}

function countRows({ ids, totals, artistPages, topLists }: Written): Manifest['rows'] {
  const { regions, days, artists, tracks } = ids.used;
  const [top200, viral50] = [totals.entries[TOP200]!, totals.entries[VIRAL50]!];
  return {
    entries: top200 + viral50,
    top200,
    viral50,
    charts: totals.charts,
    tracks: tracks.kept.length,
    artists: artists.kept.length,
    regions: regions.kept.length,
    days: days.kept.length,
    artistPages,
    topLists,
  };
}

function assessQuality({ dropped, totals, nulls }: Written): Manifest['quality'] {
  return {
    exactDuplicates: dropped.exactDuplicates,
    repeatedSongs: dropped.repeatedSongs,
    doubledRanks: totals.doubledRanks,
    nullTitles: nulls.titles,
    nullArtists: nulls.artists,
    nullUrls: nulls.urls,
    nullTop200Streams: totals.nullTop200Streams,
  };
}
