import { executionAsyncResource } from 'node:async_hooks';

/** Never read: to be held is all that it is for. */
const kept: object[] = [];

/**
 * Keeps one of the objects that Node makes for each `process.nextTick` for as long as the process lives, and with it what
 * V8 knows of their shape. Nobody else holds one for long, so that a collection of the old generation, of which a start has
 * many, finds the shape unused and drops it. Node's function was compiled for that very shape, and makes three slow calls
 * for each object ever after: three times the cost of each of the seven ticks that a request takes (docs/adr/0010).
 */
export function keepTickShape(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(() => {
      kept.push(executionAsyncResource());
      resolve();
    });
  });
}
