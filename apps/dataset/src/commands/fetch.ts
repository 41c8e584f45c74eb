import { InvalidArgumentError, Option, type Command } from 'commander';
import { join } from 'node:path';
import { versionFolder } from '#libs/catalog';
import { shortBytes, shortTime } from '../amounts.js';
import { withContext, type Context, type Surroundings } from '../command-context.js';
import { startBounds } from '../download/bounds.js';
import { fetchVersion, isCurrent, type Fetched } from '../download/fetch-version.js';
import { hideSecrets } from '../download/place.js';
import { findPublished, parseManifestPlace } from '../download/published-version.js';
import { makeVersion, type NewVersion } from '../store/new-version.js';
import { addDownloadOptions, patienceOf, requireOut, type DownloadFlags } from './limits.js';
import { contentLines, rounded, table } from './report.js';

const HELP = `
A version is published by copying its folder to a web server; its files lie beside its manifest. Further addresses are
mirrors, tried in turn. Every file is checked against the manifest, and the manifest against --manifest-sha256 if given.
Broken connections are resumed, and a run that was stopped is gone on with by the next one. The version that is served
now stays as it is until the new one is complete.

Examples:
  $ npm run dataset -- fetch https://data.example/charts/manifest.json --out data/real
  $ npm run dataset -- fetch https://a.example/c/manifest.json https://b.example/c/manifest.json --out data/real
  $ npm run dataset -- fetch https://data.example/charts/manifest.json --out data/real --manifest-sha256 HEX`;

const HOW = { new: '', repaired: ' (in place of a damaged one)', 'already there': ' (was there already)' } as const;

interface FetchFlags extends DownloadFlags {
  readonly out?: string;
  readonly manifestSha256?: string;
}

/** Adds the command that downloads a published version. */
export function addFetch(program: Command, around: Surroundings): void {
  const command = program
    .command('fetch')
    .summary('download a published version of a dataset')
    .description('Downloads a version of a dataset from a web server and makes it the current one.')
    .argument('<manifest-url...>', 'https address of the manifest.json of the version, and of mirrors')
    .option('--out <dir>', 'the dataset directory (required)')
    .addOption(new Option('--manifest-sha256 <hex>', 'sha256 that the manifest must have').argParser(parseSha256))
    .addHelpText('after', HELP)
    .action(withContext(around, fetch));
  addDownloadOptions(command);
}

async function fetch(context: Context, addresses: readonly string[], flags: FetchFlags): Promise<void> {
  const start = performance.now();
  const dir = requireOut(flags);
  const places = addresses.map(parseManifestPlace);
  using bounds = startBounds(patienceOf(flags), context.signal, context.progress.notice);
  const published = await findPublished(places, flags.manifestSha256, bounds);
  const { manifest } = published;
  let fetched: Fetched = { downloadedBytes: 0, resumedBytes: 0 };
  let made: NewVersion = { manifest, folder: join(dir, versionFolder(manifest.version)), published: 'already there' };
  // Without the lock: replicas that start on a shared directory need not queue only to find that nothing is to be done.
  if (!(await isCurrent(dir, manifest))) {
    const { progress: reporter, signal, line } = context;
    const options = { dir, command: hideSecrets(line), tempDir: undefined, reporter, signal };
    made = await makeVersion(options, async ({ folder }) => {
      fetched = await fetchVersion(published, { dir, folder }, bounds, reporter);
      return manifest;
    });
  }
  print(context, dir, made, fetched, (performance.now() - start) / 1000);
}

function print(
  context: Context,
  dir: string,
  { manifest, folder, published }: NewVersion,
  fetched: Fetched,
  seconds: number,
): void {
  const { downloadedBytes, resumedBytes } = fetched;
  const resumed = resumedBytes === 0 ? '' : `, ${shortBytes(resumedBytes)} had been before`;
  const text = table([
    ...contentLines(manifest),
    ['downloaded', downloadedBytes + resumedBytes === 0 ? 'nothing' : `${shortBytes(downloadedBytes)}${resumed}`],
    ['time', shortTime(seconds)],
    ['published', `${folder}${HOW[published]}`],
  ]);
  context.print(text, { ...manifest, dir, folder, published, ...fetched, seconds: rounded(seconds) });
}

function parseSha256(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError('Expected 64 hexadecimal digits.');
  return text.toLowerCase();
}
