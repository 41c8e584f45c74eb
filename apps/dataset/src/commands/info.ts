import type { Command } from 'commander';
import { openCurrent, type Manifest } from '#libs/catalog';
import { fullCount, shortBytes } from '../amounts.js';
import { withContext, type Context, type Surroundings } from '../command-context.js';
import { listVersions, type HeldVersion } from '../store/versions.js';
import { contentLines, qualityLines, table } from './report.js';

const HELP = `
Example:
  $ npm run dataset -- info data/real`;

/** Adds the command that says what a dataset holds. */
export function addInfo(program: Command, around: Surroundings): void {
  program
    .command('info')
    .summary('say what a dataset holds')
    .description('Says what the current version of a dataset holds, and which other versions there are.')
    .argument('<dir>', 'the dataset directory')
    .addHelpText('after', HELP)
    .action(withContext(around, info));
}

async function info(context: Context, dir: string): Promise<void> {
  const { manifest, folder } = await openCurrent(dir);
  const others = (await listVersions(dir)).filter(({ name }) => !manifest.version.startsWith(name));
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const text = table([
    ...contentLines(manifest),
    ...qualityLines(manifest),
    ...sourceLines(manifest),
    ['format', `${manifest.formatVersion}, made ${manifest.createdAt} by spotify-charts ${manifest.toolVersion}`],
    ['size', `${shortBytes(bytes)} in ${folder}`],
    ...others.map((held, i) => [i === 0 ? 'also there' : '', describeOther(held)] as const),
  ]);
  context.print(text, { ...manifest, dir, folder, bytes, otherVersions: others.map(otherResult) });
}

function sourceLines({ sources }: Manifest): (readonly [string, string])[] {
  return sources.map(({ name, bytes, rows }, i) => [
    i === 0 ? 'sources' : '',
    `${name}: ${fullCount(rows)} rows${bytes === 0 ? '' : `, ${shortBytes(bytes)}`}`,
  ]);
}

function describeOther({ name, version }: HeldVersion): string {
  if (version === undefined) return `${name}: damaged or of another format`;
  const { createdAt, firstDate, lastDate, rows } = version.manifest;
  return `${name}: made ${createdAt}, ${firstDate} to ${lastDate}, ${fullCount(rows.entries)} rows`;
}

function otherResult({ name, version }: HeldVersion): object {
  return version === undefined
    ? { name, readable: false }
    : { name, readable: true, createdAt: version.manifest.createdAt };
}
