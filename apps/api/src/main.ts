import { keepShapes } from './kept-shapes.js';
import type { Stop } from './service.js';

/** Number of each signal that ends the service. */
const SIGNALS = { SIGTERM: 15, SIGINT: 2 } as const;

let stop: Stop | undefined;
let stopping = false;

// Before all else, which takes a while to load: the first process of a container is not ended by a signal that it does not
// take, and would go on starting.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    // Nobody is served yet, or somebody does not want to wait any more.
    if (!stop || stopping) process.exit(128 + SIGNALS[signal]);
    stopping = true;
    stop(signal);
  });
}

await keepShapes();
const { startService } = await import('./service.js');
await startService({
  arguments: process.argv,
  stopsWith: (given) => (stop = given),
  exit: (code) => process.exit(code),
});
