import { EXIT } from './exit-codes.js';
import { runDataset } from './usage.js';

const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // The second one is for those who cannot wait; the next run cleans up.
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write('\nStopping and removing what is half done; once more stops at once.\n');
    interruption.abort();
  });
}
// The reader of a pipe may leave early, as `head` does: that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.done);
});

process.exitCode = await runDataset(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  terminal: process.stderr.isTTY,
  signal: interruption.signal,
});
