import { parseArgs } from 'node:util';
import { datasetOf, readSizes, type Size } from './datasets.js';
import { readQuestions, type Questions } from './questions.js';

/** What the parts of the benchmark are told on the command line. */
export interface Options {
  readonly sizes: readonly Size[];
  /** A dataset that is there, instead of samples. */
  readonly datasetDir: string | undefined;
  readonly runs: number;
  /** Of one run; of the whole in the open model. */
  readonly seconds: number;
  /** Arrivals a second in the open model, instead of half of what node:http reaches. */
  readonly rate: number | undefined;
  /** Exponent of Zipf's law in the open model. */
  readonly exponent: number;
  /** Nothing is written into docs/. */
  readonly dry: boolean;
  readonly profile: boolean;
}

/**
 * Reads --rows, --dataset, --runs, --seconds, --rate, --exponent, --dry and --profile; what is not given is as in `defaults`. Throws for
 * options that it does not know and for numbers that are none.
 */
export function readOptions(
  defaults: { readonly runs: number; readonly seconds: number },
  args: readonly string[] = process.argv.slice(2),
): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: '26m' },
      dataset: { type: 'string' },
      runs: { type: 'string', default: String(defaults.runs) },
      seconds: { type: 'string', default: String(defaults.seconds) },
      rate: { type: 'string' },
      exponent: { type: 'string', default: '1.1' },
      dry: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
    },
  });
  return {
    sizes: readSizes(values.rows),
    datasetDir: values.dataset,
    runs: above0('runs', values.runs),
    seconds: above0('seconds', values.seconds),
    rate: values.rate === undefined ? undefined : above0('rate', values.rate),
    exponent: above0('exponent', values.exponent),
    dry: values.dry,
    profile: values.profile,
  };
}

/** The dataset that the options name, the last when they name more, and what it can be asked. */
export async function questionsOf({ datasetDir, sizes }: Options): Promise<Questions> {
  return readQuestions(datasetDir ?? (await datasetOf(sizes.at(-1)!)));
}

function above0(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new RangeError(`--${name} ${text}: must be a number above 0`);
  return value;
}
