import type { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import { fullCount, shortTime } from '../amounts.js';
import { withContext, type Context, type Surroundings } from '../command-context.js';
import { UsageError } from '../reporting.js';
import { writeSampleCsv } from '../sample/csv-file.js';
import { mostRows, streamRows, type SampleOptions } from '../sample/generate.js';
import { SAMPLE_REGIONS } from '../sample/regions.js';
import { addLimitOptions, type LimitFlags } from './limits.js';
import { makeDataset, type Input } from './make-dataset.js';
import { printBuild, rounded } from './report.js';

const HELP = `
All names are invented; the same seed and size give the same rows. 70 regions and 1826 days are 26 million rows.

Examples:
  $ npm run dataset -- sample --out data/sample
  $ npm run dataset -- sample --out data/large --seed 7 --regions 70 --days 1826
  $ npm run dataset -- sample --csv sample.csv.gz --regions 3 --days 40`;

interface SampleFlags extends SampleOptions, LimitFlags {
  readonly out?: string;
  readonly csv?: string;
}

/** Adds the command that makes a synthetic dataset. */
export function addSample(program: Command, around: Surroundings): void {
  const command = program
    .command('sample')
    .summary('make a synthetic dataset')
    .description('Makes charts of invented songs, as a dataset (--out) or as a CSV file (--csv).')
    .option('--out <dir>', 'build a dataset in this directory')
    .option('--csv <file>', 'write the rows to this file: .csv, .csv.gz or .csv.zst')
    .option('--seed <n>', 'what the content depends on', wholeNumber(0, 0xffff_ffff), 1)
    .option('--regions <n>', 'regions, Global among them', wholeNumber(1, SAMPLE_REGIONS.length), 12)
    .option('--days <n>', 'chart days from 2017-01-01 on', wholeNumber(1, 20_000), 60)
    .addHelpText('after', HELP)
    .action(withContext(around, sample));
  addLimitOptions(command, 'a folder within --out');
}

async function sample(context: Context, flags: SampleFlags): Promise<void> {
  const { out, csv } = flags;
  if (out === undefined && csv === undefined) {
    throw new UsageError('Nothing to write to: give --out DIR for a dataset or --csv FILE for a CSV file.');
  }
  if (out !== undefined && csv !== undefined) {
    throw new UsageError('Give --out DIR or --csv FILE, one at a time: the same seed and size give the same rows.');
  }
  const start = performance.now();
  if (csv !== undefined) {
    const rows = await writeCsv(context, flags, csv);
    const seconds = (performance.now() - start) / 1000;
    context.print(`${fullCount(rows)} rows in ${csv} (${shortTime(seconds)})`, {
      file: csv,
      rows,
      seconds: rounded(seconds),
    });
  } else if (out !== undefined) {
    const made = await makeDataset(context, { ...flags, out, maxRejects: 0 }, () => sampleInput(context, flags));
    printBuild(context, out, made, (performance.now() - start) / 1000);
  }
}

function sampleInput({ signal }: Context, flags: SampleOptions): Input {
  const { seed, regions, days } = flags;
  return {
    files: [],
    generated: {
      name: `sample --seed ${seed} --regions ${regions} --days ${days}`,
      rows: (sink, onRows) => streamRows(flags, sink, onRows, signal),
    },
    replaceDays: false,
    period: 'daily',
  };
}

async function writeCsv({ progress, signal }: Context, flags: SampleFlags, file: string): Promise<number> {
  const phase = progress.phase(`write ${file}`, undefined, 'rows');
  const rows = await writeSampleCsv(flags, file, (count) => phase.advance(count), signal);
  phase.done(`of at most ${fullCount(mostRows(flags))}`);
  return rows;
}
