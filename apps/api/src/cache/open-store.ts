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

/** A client of the Redis that the settings name, with which limits are counted. */
export interface LimitsClient {
  readonly client: unknown;
  /** Ends the connection without waiting for the server. */
  readonly close: () => void;
}

/**
 * A connection of its own beside that of the answers: a count of a few bytes would wait behind large ones, and a user of
 * Redis that may not run scripts would open the breaker of the answers. Undefined when the settings name no Redis.
 */
export async function openLimitsClient({ cache: { redis } }: Config, log: Logger): Promise<LimitsClient | undefined> {
  if (!redis) return undefined;
  const { createClient } = await import('./redis-store.js');
  const client = createClient(redis);
  const onFault = tellSometimes(log, 'the Redis of the limits is out of reach, each process counts by itself');
  client.on('error', onFault);
  client.on('node error', onFault);
  return { client, close: () => client.disconnect() };
}

const SILENCE_MS = 10_000;

/** A connection that is lost is tried again many times a second: one line in ten seconds says as much. */
export function tellSometimes(
  log: Logger,
  message = 'the shared cache is out of reach, answering without it',
): (error: Error) => void {
  let last = -Infinity;
  return (error) => {
    if (performance.now() - last < SILENCE_MS) return;
    last = performance.now();
    log.warn({ reason: error.message }, message);
  };
}
