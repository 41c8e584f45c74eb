import { readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { summariesIn } from './collect.js';
import { watchJob } from './job.js';
import { coursePlot } from './course-plot.js';
import { loadReport } from './load-report.js';
import { overall } from './merge.js';
import { readReplicas, writtenReplicas, type ReplicaSample } from './replicas.js';

const USAGE = `Puts the summaries of load runners together.

  node dist/loadtest/report/main.js [FILE...] [--replicas FILE] [--svg FILE] [--markdown FILE]
  node dist/loadtest/report/main.js --job NAME [--namespace NAME] [--every SECONDS] [--samples FILE] [--svg FILE] [--markdown FILE]

FILE        a summary (LOAD_SUMMARY) or the output of runners, such as kubectl logs gives; standard input without one
--job       a load Job, which is waited for while the service's pods are counted; then its pods' output is read
--namespace its namespace, when it is not that of the context
--every     seconds between counts (2)
--samples   file for the counts
--replicas  samples of the replica count, one a line: time,replicas or {"time":…,"replicas":…}
--svg       file for the plot of the run's course
--markdown  file for the report, which is printed in any case
`;

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  replicas: TEXT,
  svg: TEXT,
  markdown: TEXT,
  samples: TEXT,
  job: TEXT,
  namespace: TEXT,
  every: { type: 'string', default: '2' },
} as const;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const given = values.replicas === undefined ? [] : readReplicas(readFileSync(values.replicas, 'utf8'));
  const { texts, counted } = await input(values, positionals);
  const samples = [...given, ...counted].toSorted((a, b) => a.epochSeconds - b.epochSeconds);
  if (values.samples !== undefined) writeFileSync(values.samples, writtenReplicas(samples));
  const summaries = summariesIn(texts);
  if (summaries.length === 0)
    throw new RangeError('no summary was found: give summary files, or the output of runners that have ended');
  const all = overall(summaries);
  const report = loadReport(summaries, all, samples);
  process.stdout.write(report);
  if (values.markdown !== undefined) writeFileSync(values.markdown, report);
  if (values.svg === undefined) return;
  if (all.course.length === 0) {
    console.error('There is no plot: no runner told its course, as those of k6 do not.');
    return;
  }
  writeFileSync(values.svg, coursePlot(`${summaries[0]?.scenario ?? ''}: ${summaries[0]?.target ?? ''}`, all, samples));
}

interface Source {
  readonly job?: string | undefined;
  readonly namespace?: string | undefined;
  readonly every: string;
}

/** What runners printed or wrote, and the pods that were counted meanwhile. */
async function input(
  { job, namespace, every }: Source,
  files: readonly string[],
): Promise<{ readonly texts: readonly string[]; readonly counted: readonly ReplicaSample[] }> {
  if (job === undefined) {
    const texts = files.length > 0 ? files.map((file) => readFileSync(file, 'utf8')) : [await text(process.stdin)];
    return { texts, counted: [] };
  }
  const everySeconds = Number(every);
  if (!(everySeconds > 0)) throw new RangeError(`--every ${every}: must be seconds above 0`);
  console.error(`Waiting for the end of the Job ${job}`);
  const { logs, samples } = await watchJob({ name: job, namespace, everySeconds }, (line) => console.error(line));
  if (samples.length === 0) console.error('No pods were counted: no Deployment has the labels of the Job.');
  return { texts: logs, counted: samples };
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
