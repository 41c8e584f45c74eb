import type { Manifest } from '#libs/catalog';
import { counted, fullCount, shortCount, shortTime } from '../amounts.js';
import type { Context } from '../command-context.js';
import { REJECT_REASONS } from '../rows.js';
import type { NewVersion } from '../store/new-version.js';

/** Lines of a label and what it says, in two columns. */
export function table(lines: readonly (readonly [label: string, text: string])[]): string {
  return lines.map(([label, text]) => `${label.padEnd(12)}${text}`).join('\n');
}

/** Lines on what a version holds. */
export function contentLines(manifest: Manifest): (readonly [string, string])[] {
  const { rows, firstDate, lastDate, period } = manifest;
  return [
    ['version', manifest.version],
    ['rows', `${fullCount(rows.entries)} (top200 ${fullCount(rows.top200)}, viral50 ${fullCount(rows.viral50)})`],
    ['charts', `${fullCount(rows.charts)} ${period}, ${firstDate} to ${lastDate}, ${counted(rows.days, 'day')}`],
    ['regions', fullCount(rows.regions)],
    ['songs', `${fullCount(rows.tracks)} by ${counted(rows.artists, 'artist')}`],
  ];
}

/** Lines on what was not taken, and on oddities of what was. */
export function qualityLines({ rejects, quality, sources }: Manifest): (readonly [string, string])[] {
  const read = sources.reduce((sum, { rows }) => sum + rows, 0);
  const reasons = Object.entries(rejects).filter(([, count]) => count > 0);
  const rejected = reasons.reduce((sum, [, count]) => sum + count, 0);
  return [
    ['rejected', rejected === 0 ? 'none' : `${fullCount(rejected)} of ${counted(read, 'row')} read`],
    ...reasons.map(([reason, count]) => ['', `${fullCount(count)}: ${reasonInWords(reason)}`] as const),
    [
      'duplicates',
      `${counted(quality.exactDuplicates, 'row')} twice, ${counted(quality.repeatedSongs, 'song')} twice in a chart; dropped`,
    ],
    [
      'oddities',
      `${counted(quality.doubledRanks, 'doubled rank')}, without title ${fullCount(quality.nullTitles)}, artist ${fullCount(quality.nullArtists)}, url ${fullCount(quality.nullUrls)}, streams in top200 ${fullCount(quality.nullTop200Streams)}`,
    ],
  ];
}

function reasonInWords(reason: string): string {
  return reason in REJECT_REASONS ? REJECT_REASONS[reason as keyof typeof REJECT_REASONS] : reason;
}

/** Prints how a build ended. */
export function printBuild(context: Context, dir: string, made: NewVersion, seconds: number): void {
  const { manifest, folder, published } = made;
  const rowsPerSecond = Math.round(manifest.rows.entries / seconds);
  context.print(describeBuild(dir, made, seconds), {
    ...manifest,
    dir,
    folder,
    published,
    seconds: rounded(seconds),
    rowsPerSecond,
  });
}

/** Seconds to the millisecond, as results have them. */
export function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function describeBuild(dir: string, { manifest, folder, published }: NewVersion, seconds: number): string {
  const how = { new: '', repaired: ' (in place of a damaged one)', 'already there': ' (was there already)' }[published];
  return table([
    ...contentLines(manifest),
    ...qualityLines(manifest),
    ['time', `${shortTime(seconds)}, ${shortCount(manifest.rows.entries / seconds)} rows/s`],
    ['published', `${folder}${how}`],
    ['serve it', `DATASET_DIR=${quoted(dir)} npm start`],
  ]);
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
