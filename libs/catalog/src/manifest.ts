import { z } from 'zod';

const count = z.int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const date = z.iso.date();

/** Name of the manifest within a version's folder. */
export const MANIFEST_FILE = 'manifest.json';
/** Name of the serving file within a version's folder. */
export const SERVING_FILE = 'charts.duckdb';
/** Name of the file of rejected rows within a version's folder. */
export const REJECTS_FILE = 'rejects.csv.gz';
/** Name of the pointer in the dataset directory: a text file that holds the name of the served version's folder. */
export const CURRENT_FILE = 'current';

/** What a version of the dataset is made of; written beside its serving file as {@link MANIFEST_FILE}. */
export const manifestSchema = z.strictObject({
  formatVersion: z.int().positive(),
  /** Digest of the content (sha256 over period, dictionaries and charts in canonical order): the same rows give the same version. */
  version: sha256,
  period: z.enum(['daily', 'weekly']),
  createdAt: z.iso.datetime(),
  toolVersion: z.string(),
  files: z.array(z.strictObject({ name: z.string(), bytes: count, sha256 })),
  rows: z.strictObject({
    /** Entries of the dataset. */
    entries: count,
    /** Entries by chart. */
    top200: count,
    viral50: count,
    charts: count,
    tracks: count,
    artists: count,
    regions: count,
    days: count,
    artistPages: count,
    topLists: count,
  }),
  regions: z.array(z.string()),
  firstDate: date,
  lastDate: date,
  sources: z.array(
    z.strictObject({ name: z.string(), bytes: count, sha256, rows: count, rejected: count, dateMeaning: z.string() }),
  ),
  /** Rows that were not taken, by reason. */
  rejects: z.record(z.string(), count),
  /** Rows dropped as duplicates, and facts on the quality of the rest. */
  quality: z.strictObject({
    exactDuplicates: count,
    repeatedSongs: count,
    doubledRanks: count,
    nullTitles: count,
    nullArtists: count,
    nullUrls: count,
    nullTop200Streams: count,
  }),
});

/** A version's manifest, see {@link manifestSchema}. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Folder name of a version: the first 16 hexadecimal digits of its content digest. */
export function versionFolder(version: string): string {
  return version.slice(0, 16);
}
