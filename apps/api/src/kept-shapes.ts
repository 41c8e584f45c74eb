import { executionAsyncResource } from 'node:async_hooks';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** Never read: to be held is all that it is for. */
const kept: object[] = [];
/** V8 gives the first seven objects of a class room to spare, and sizes all later ones by what these needed. */
const ENOUGH = 8;

/**
 * Keeps one of each kind of object that Node makes for every request for as long as the process lives, and with it what V8
 * knows of its shape. Nobody else holds one for long, so that a collection of the old generation, of which a start has many,
 * finds the shape unused and drops it; what was compiled for that very shape is slow ever after (docs/adr/0010). To be
 * called before anything else is loaded.
 */
export async function keepShapes(): Promise<void> {
  keepExchangeShapes();
  await keepTickShape();
}

/** That of the object of a `process.nextTick`: without it three slow calls for each, of which a request takes seven. */
function keepTickShape(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(() => {
      kept.push(executionAsyncResource());
      resolve();
    });
  });
}

/**
 * Those of a request and its response. Both have members that are named by symbols, and where the shape was dropped V8 gives
 * an object only a dozen of these before it makes a dictionary of it: a hash table for each request, slower to make, to fill
 * and to read.
 */
function keepExchangeShapes(): void {
  const socket = new Socket();
  for (let i = 0; i < ENOUGH; i++) {
    kept.push(new ServerResponse(new IncomingMessage(socket)));
  }
}
