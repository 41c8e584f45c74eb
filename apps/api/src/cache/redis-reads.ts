import type { Redis } from 'ioredis';

/** Reads a key; undefined when there is nothing under it. */
export type ReadKey = (key: string) => Promise<Uint8Array | undefined>;

/** Keys of one command: more would keep the first of them waiting for the last. */
const MOST_KEYS = 64;
/** How a server begins that does not take the command for many keys: a user who may not, a proxy before several servers. */
const NOT_TAKEN = /^(?:NOPERM|CROSSSLOT|ERR)\b/;

interface Waiter {
  readonly key: string;
  readonly resolve: (bytes: Uint8Array | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads the keys that are asked for in one turn of the event loop with one MGET: the client takes as much time for a
 * command as for ten keys. A server that refuses it is asked key by key from then on.
 */
export function gatherReads(client: Redis, readOne: ReadKey): ReadKey {
  let waiting: Waiter[] = [];
  let refused = false;
  const oneByOne = (waiters: readonly Waiter[]) => {
    for (const { key, resolve, reject } of waiters) readOne(key).then(resolve, reject);
  };
  const together = (waiters: readonly Waiter[]) => {
    const keys = waiters.map(({ key }) => key);
    client.mgetBuffer(keys).then(
      (values) => waiters.forEach(({ resolve }, i) => resolve(values[i] ?? undefined)),
      (error: unknown) => {
        refused = error instanceof Error && NOT_TAKEN.test(error.message);
        if (refused) oneByOne(waiters);
        else for (const { reject } of waiters) reject(error);
      },
    );
  };
  const send = () => {
    const all = waiting;
    waiting = [];
    if (refused) return oneByOne(all);
    for (let at = 0; at < all.length; at += MOST_KEYS) {
      const some = all.slice(at, at + MOST_KEYS);
      if (some.length > 1) together(some);
      else oneByOne(some);
    }
  };
  return (key) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(send);
      waiting.push({ key, resolve, reject });
    });
}
