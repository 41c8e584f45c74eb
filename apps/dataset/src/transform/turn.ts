import { setImmediate } from 'node:timers/promises';

/** Gives signals and the progress bar their turn between steps of synchronous work. Throws the signal's reason when it is aborted. */
export async function turn(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
