import { readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { summariesIn } from './collect.js';
import { coursePlot } from './course-plot.js';
import { loadReport } from './load-report.js';
import { overall } from './merge.js';
import { readReplicas } from './replicas.js';

const USAGE = `Puts the summaries of load runners together.

  node dist/loadtest/report/main.js [FILE...] [--replicas FILE] [--svg FILE] [--markdown FILE]

FILE        a summary (LOAD_SUMMARY) or the output of runners, such as kubectl logs gives; standard input without one
--replicas  samples of the replica count, one a line: time,replicas or {"time":…,"replicas":…}
--svg       file for the plot of the run's course
--markdown  file for the report, which is printed in any case
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ help: { type: 'boolean', short: 'h' }, replicas: { type: 'string' } },
      ...{ svg: { type: 'string' }, markdown: { type: 'string' } },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const texts =
    positionals.length > 0 ? positionals.map((file) => readFileSync(file, 'utf8')) : [await text(process.stdin)];
  const summaries = summariesIn(texts);
  if (summaries.length === 0)
    throw new RangeError('no summary was found: give summary files, or the output of runners that have ended');
  const all = overall(summaries);
  const report = loadReport(summaries, all);
  process.stdout.write(report);
  if (values.markdown !== undefined) writeFileSync(values.markdown, report);
  if (values.svg === undefined) return;
  if (all.course.length === 0) {
    console.error('There is no plot: no runner told its course, as those of k6 do not.');
    return;
  }
  const samples = values.replicas === undefined ? [] : readReplicas(readFileSync(values.replicas, 'utf8'));
  writeFileSync(values.svg, coursePlot(`${summaries[0]?.scenario ?? ''}: ${summaries[0]?.target ?? ''}`, all, samples));
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
