import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FORMAT_VERSION } from '#libs/catalog';
import { benchFolder } from './machine.js';
import { runNode } from './processes.js';

/** Sizes of datasets that can be measured: regions and days of the sample, and about how many rows that makes. */
export const SIZES = {
  small: { regions: 12, days: 60, rows: '144 thousand' },
  '1m': { regions: 70, days: 83, rows: '1 million' },
  '10m': { regions: 70, days: 702, rows: '10 million' },
  '26m': { regions: 70, days: 1836, rows: '26.2 million' },
  '100m': { regions: 70, days: 7017, rows: '100 million' },
} as const;

/** Name of a size of dataset. */
export type Size = keyof typeof SIZES;

/** Reads sizes from a command line, such as `1m,26m`. Throws a RangeError for one that is not known. */
export function readSizes(text: string): Size[] {
  return text.split(',').map((name) => {
    if (!(name in SIZES)) throw new RangeError(`--rows ${name}: must be of ${Object.keys(SIZES).join(', ')}`);
    return name as Size;
  });
}

/** Directory of the sample dataset of a size in the format of this program, made when it is not there yet; it is kept between runs. */
export async function datasetOf(size: Size): Promise<string> {
  const { regions, days, rows } = SIZES[size];
  const dir = join(benchFolder(), `dataset-${regions}x${days}-format${FORMAT_VERSION}`);
  if (!existsSync(join(dir, 'current'))) {
    console.log(`making the dataset of ${rows} rows in ${dir}, once`);
    const amounts = ['--regions', String(regions), '--days', String(days)];
    await runNode(['dist/apps/dataset/src/main.js', 'sample', '--out', dir, ...amounts, '--quiet']);
  }
  return dir;
}
