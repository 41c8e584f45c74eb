import { barChart } from './chart-svg.js';
import { runField, startField } from './field.js';
import { hotRows, hotTable, type HotRow } from './hot-report.js';
import { describeMachine } from './machine.js';
import { questionsOf, readOptions } from './options.js';
import { writeNumbers, writePicture, writeSection } from './performance-doc.js';
import { profileHot, profileTable } from './profile.js';
import { median } from './statistics.js';

/**
 * `npm run bench:hot`: what a request costs whose answer is in memory (or in Redis, or nowhere yet), in turn with bare
 * node:http, Fastify and NestJS that send the same bytes. Options: --runs, --seconds (of a run), --rows, --dataset,
 * --profile (where the time goes, instead), --dry (write nothing into docs/).
 */
const options = readOptions({ runs: 5, seconds: 3 });
const questions = await questionsOf(options);
const PICTURE = 'performance-hot.svg';

if (options.profile) {
  const path = questions.charts.find((url) => !url.includes('chart='))!;
  const text = profileTable(await profileHot(questions.dir, path, Math.max(options.seconds, 3)));
  console.log(text);
  if (!options.dry)
    await writeSection('profile', `${describeMachine()}. \`GET ${path}\` from memory, 64 connections.\n\n${text}`);
} else {
  await compare();
}

async function compare(): Promise<void> {
  const { runs, seconds, dry } = options;
  const field = await startField(questions, runs);
  field.missing.forEach((reason) => console.log(`not measured: ${reason}`));
  const rows = hotRows(field.contenders, await runField(field, runs, seconds));
  await field.stop();
  const what = `${runs} runs of ${seconds} s each in turn, 64 connections, median and range; ${questions.entries.toLocaleString('en-US')} entries; \`GET ${field.path}\``;
  const missing = field.missing.map((reason) => `\n\nNot measured: ${reason}.`).join('');
  const text = `${describeMachine()}. ${what}.\n\n![CPU time per request](${PICTURE})\n\n${hotTable(rows)}${missing}`;
  console.log(`\n${text}`);
  if (dry) return;
  await writePicture(PICTURE, barChart('CPU time per request', 'us, median and range', bars(rows)));
  await writeNumbers('hot', {
    machine: describeMachine(),
    dataset: questions.version,
    entries: questions.entries,
    runs,
    seconds,
    rows,
  });
  await writeSection('hot', text);
}

function bars(rows: readonly HotRow[]) {
  const [bareUs, hotUs] = ['bare', 'hot'].map((key) => median(rows.find((row) => row.key === key)?.cpuUs ?? [NaN]));
  // What is read from the dataset has its own part, and would leave no room for the others.
  const shown = rows.filter(({ key }) => key !== 'cold');
  return shown.map(({ key, name, cpuUs, limit }) => {
    const against = limit?.of === 'hot' ? hotUs! : bareUs!;
    return {
      label: name,
      value: median(cpuUs),
      range: [Math.min(...cpuUs), Math.max(...cpuUs)] as const,
      limit: limit?.cpu === undefined || Number.isNaN(against) ? undefined : limit.cpu * against,
      reference: ['bare', 'fastify', 'nest'].includes(key),
    };
  });
}
