import type { Logger } from 'pino';
import type { Store } from '#libs/read-through';
import type { Config } from '../config.js';

/**
 * The store that the settings name, undefined when they name none. The client is loaded only when it is used: it would
 * take 14 MB of every process without a Redis.
 */
export async function openStore({ cache: { redis } }: Config, log: Logger): Promise<Store | undefined> {
  if (!redis) return undefined;
  const { RedisStore } = await import('./redis-store.js');
  return new RedisStore(redis, tellSometimes(log));
}

const SILENCE_MS = 10_000;

/** A connection that is lost is tried again many times a second: one line in ten seconds says as much. */
export function tellSometimes(log: Logger): (error: Error) => void {
  let last = -Infinity;
  return (error) => {
    if (performance.now() - last < SILENCE_MS) return;
    last = performance.now();
    log.warn({ reason: error.message }, 'the shared cache is out of reach, answering without it');
  };
}
