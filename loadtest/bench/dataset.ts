import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchFolder, describeMachine } from './machine.js';
import { table, writeSection } from './performance-doc.js';
import { runNode, type Run } from './processes.js';
import { median, spread } from './statistics.js';

/**
 * `npm run bench:dataset`: builds a dataset of 26.2 million rows from CSV, in turn with bare DuckDB reading and sorting
 * the same file, and writes times, ratio, rate and peak memory into docs/performance.md. Options: --runs, --regions,
 * --days, --memory-limit, --dry (do not write the page).
 */
const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    regions: { type: 'string', default: '70' },
    days: { type: 'string', default: '1836' },
    'memory-limit': { type: 'string', default: '2GB' },
    dry: { type: 'boolean', default: false },
  },
});

const CLI = 'dist/apps/dataset/src/main.js';
const THREADS = '2';
const folder = benchFolder();
const csv = join(folder, `sample-${options.regions}x${options.days}.csv`);
const out = join(folder, 'bench-dataset');
const memoryLimit = options['memory-limit'];

if (!existsSync(csv)) {
  console.log(`making ${csv}`);
  await runNode([CLI, 'sample', '--csv', csv, '--regions', options.regions, '--days', options.days, '--quiet']);
}
const bare: Run[] = [];
const built: Run[] = [];
for (let run = 1; run <= Number(options.runs); run++) {
  const tempDir = join(folder, 'temp');
  bare.push(
    await runNode([
      'dist/loadtest/bench/bare-duckdb.js',
      csv,
      join(folder, 'bare.duckdb'),
      tempDir,
      memoryLimit,
      THREADS,
    ]),
  );
  console.log(`run ${run}: bare DuckDB ${describe(bare.at(-1)!)}`);
  await rm(out, { recursive: true, force: true });
  built.push(
    await runNode([
      CLI,
      'build',
      csv,
      '--out',
      out,
      '--memory-limit',
      memoryLimit,
      '--threads',
      THREADS,
      '--json',
      '--quiet',
    ]),
  );
  console.log(`run ${run}: dataset build ${describe(built.at(-1)!)}`);
}
const rows = (JSON.parse(built[0]!.stdout) as { rows: { entries: number } }).rows.entries;
const ratios = built.map((run, i) => run.seconds / bare[i]!.seconds);
const result = table(
  ['', 'seconds', 'rows/s', 'peak RSS, MiB'],
  [
    ['bare DuckDB: read the CSV, write it sorted', ...cells(bare)],
    ['`dataset build`: check, rank, write, verify', ...cells(built)],
    ['ratio, pair by pair', spread(ratios, 2), '', ''],
  ],
);
const text = `${rows.toLocaleString('en-US')} entries from ${((await stat(csv)).size / 1e9).toFixed(2)} GB of CSV, memory limit ${memoryLimit}, ${THREADS} threads, ${options.runs} runs in turn, median and range. ${describeMachine()}.\n\n${result}`;
console.log(`\n${text}`);
if (!options.dry) await writeSection('dataset', text);

function describe(run: Run): string {
  return `${run.seconds.toFixed(1)} s, peak ${run.peakRssMb.toFixed(0)} MiB`;
}

function cells(runs: readonly Run[]): string[] {
  const seconds = runs.map((run) => run.seconds);
  const rate = Math.round(rows / median(seconds) / 1000) * 1000;
  return [
    spread(seconds),
    rate.toLocaleString('en-US'),
    spread(
      runs.map((run) => run.peakRssMb),
      0,
    ),
  ];
}
