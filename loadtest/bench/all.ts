import { spawnSync } from 'node:child_process';

/**
 * `npm run bench`: hot, cold, open and profile one after the other, in under ten minutes once the dataset has been made.
 * Options go to every part, such as --rows and --dry. Ends with the code of the first part that fails.
 */
const PARTS = [['hot'], ['hot', '--profile'], ['cold'], ['open']] as const;
const start = performance.now();

for (const [part, ...own] of PARTS) {
  console.log(`\n== ${[part, ...own].join(' ')} ==`);
  const { status } = spawnSync(process.execPath, [`dist/loadtest/bench/${part}.js`, ...own, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}
console.log(`\n${((performance.now() - start) / 60_000).toFixed(1)} minutes`);
