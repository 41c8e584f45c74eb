import { coldRates, memoryRates, memoryTable, ratesTable } from './cold-rates.js';
import { singleTimes, timesTable, trackTimes, WARM_UP } from './cold-single.js';
import { datasetOf } from './datasets.js';
import { footprint, footprintTable } from './footprint.js';
import { describeMachine } from './machine.js';
import { readOptions } from './options.js';
import { writeNumbers, writeSection } from './performance-doc.js';
import { readQuestions, type Questions } from './questions.js';

/**
 * `npm run bench:cold`: what is asked for the first time: one at a time on every dataset named by --rows (small, 1m,
 * 10m, 26m, 100m; separated by commas), then on the last of them with 64 connections, by memory limit of DuckDB, and the
 * memory and start of the process. Options: --rows, --dataset, --runs, --seconds (of a run), --dry.
 */
const options = readOptions({ runs: 5, seconds: 3 });
const dirs = options.datasetDir === undefined ? [] : [options.datasetDir];
if (dirs.length === 0) for (const size of options.sizes) dirs.push(await datasetOf(size));
const all: Questions[] = [];
for (const dir of dirs) all.push(await readQuestions(dir));
const questions = all.at(-1)!;
const { runs, seconds } = options;

const times = [...(await singleTimes(all)), ...(await trackTimes(questions))];
console.log(timesTable(times));
const rates = await coldRates(questions, runs, seconds);
console.log(`\n${ratesTable(rates)}`);
const needs = await footprint(questions);
console.log(`\n${footprintTable(needs)}`);
const memoryRuns = Math.min(runs, 3);
const memory = await memoryRates(questions, memoryRuns, Math.min(seconds, 2));
console.log(`\n${memoryTable(memory)}`);

if (!options.dry) {
  const [entries, machine] = [questions.entries, describeMachine()];
  await writeNumbers('cold', {
    ...{ machine, dataset: questions.version, entries, runs, seconds },
    ...{ times, rates, footprint: needs, memory },
  });
  await writeSection(
    'cold',
    `${machine}. ${entries.toLocaleString('en-US')} entries where nothing else is said; charts and artist pages of 50 rows; times in the process, from the arrival of the headers to the answer; charts and artist pages after ${WARM_UP.toLocaleString('en-US')} of their kind that do not count.

${timesTable(times)}

${runs} runs of ${seconds} s each in turn, median and range, every request for something else:

${ratesTable(rates)}

${memoryRuns} runs in turn:

${memoryTable(memory)}

${footprintTable(needs)}`,
  );
}
