import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Store } from '#libs/read-through';
import { ConfigError, type Config } from '../config.js';
import { gatherReads, type ReadKey } from './redis-reads.js';

type RedisConfig = NonNullable<Config['cache']['redis']>;

const CONNECT_TIMEOUT_MS = 500;
/** Beyond the time that a command is waited for: it then is given up, and the connection as well. */
const MORE_FOR_COMMAND_MS = 1000;
const MORE_FOR_SOCKET_MS = 2000;
const KEEP_ALIVE_MS = 5000;
const MOST_RETRY_MS = 2000;

/** A Redis, a Sentinel group or a Cluster as a store; connects by itself, in the background, again and again. */
export class RedisStore implements Store {
  private readonly client: Redis | Cluster;
  private readonly read: ReadKey;

  constructor(
    config: RedisConfig,
    /** Told of every fault of the connection; the store itself answers with rejections. */
    onFault: (error: Error) => void,
  ) {
    this.client = createClient(config);
    // Without a listener a lost connection would end the process.
    this.client.on('error', onFault);
    // A cluster keeps the faults of its servers to itself otherwise.
    this.client.on('node error', onFault);
    const { client } = this;
    const readOne: ReadKey = async (key) => (await client.getBuffer(key)) ?? undefined;
    // The keys of a cluster lie on many servers, to each of which the client's own pipeline takes them.
    this.read = client instanceof Cluster ? readOne : gatherReads(client, readOne);
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.read(key);
  }

  async set(key: string, bytes: Uint8Array, ttlSeconds: number): Promise<void> {
    await this.client.set(key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 'EX', ttlSeconds);
  }

  /** Ends the connection without waiting for the server. */
  close(): Promise<void> {
    this.client.disconnect();
    return Promise.resolve();
  }
}

/** A client that connects by itself, in the background, again and again; faults are its events `error` and `node error`. */
export function createClient(config: RedisConfig): Redis | Cluster {
  const { mode, sentinelName } = config;
  const urls = config.urls.map((url) => new URL(url));
  const [first] = urls;
  const options = clientOptions(config, first!) satisfies RedisOptions;
  const nodes = urls.map(({ hostname, port }) => ({ host: hostOf(hostname), port: Number(port || 6379) }));
  if (mode === 'cluster') {
    return new Cluster(nodes, {
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      clusterRetryStrategy: retryDelayMs,
      redisOptions: options,
    });
  }
  if (mode === 'sentinel')
    return new Redis({ ...options, ...sentinelOptions(options.tls), sentinels: nodes, name: sentinelName });
  return new Redis({ ...options, ...nodes[0]! });
}

/** Nothing is queued while there is no connection, and nothing asked twice: the answer is wanted now or not at all. */
function clientOptions({ mode, timeoutMs, tlsCaFile }: RedisConfig, url: URL) {
  const db = Number(url.pathname.slice(1) || 0);
  return {
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    // It gathers already what came in a turn of the event loop.
    autoPipeliningIgnoredCommands: ['mget'],
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // INFO and CLIENT are more than a cache's user needs to be allowed; a server that is still loading says so by itself.
    enableReadyCheck: mode === 'sentinel',
    disableClientInfo: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: CONNECT_TIMEOUT_MS,
    // Without it a command that is never answered would hold up all behind it: one pipeline is sent at a time. Not the
    // deadline itself: this timer would fire before an answer is read that came while the process was held up.
    commandTimeout: timeoutMs + MORE_FOR_COMMAND_MS,
    socketTimeout: timeoutMs + MORE_FOR_SOCKET_MS,
    keepAlive: KEEP_ALIVE_MS,
    retryStrategy: retryDelayMs,
    reconnectOnError: whenDemoted(),
    ...(url.username && { username: decodeURIComponent(url.username) }),
    ...(url.password && { password: decodeURIComponent(url.password) }),
    ...(db > 0 && { db }),
    ...(url.protocol === 'rediss:' && { tls: tlsCaFile === undefined ? {} : { ca: readCertificate(tlsCaFile) } }),
  };
}

/**
 * Whether to connect anew after an error: to a master that became a replica, for the address may lead to another one by
 * now. Once for all the writes that were under way.
 */
function whenDemoted(): (error: Error) => boolean {
  let last = -Infinity;
  return ({ message }) => {
    if (!message.startsWith('READONLY') || performance.now() - last < MOST_RETRY_MS) return false;
    last = performance.now();
    return true;
  };
}

/** Longer after each attempt; scattered, so that many processes do not come back at once. */
function retryDelayMs(attempt: number): number {
  return Math.min(attempt * 100, MOST_RETRY_MS) * (0.75 + 0.25 * Math.random());
}

/** A sentinel that hangs is passed over like one that is down; rediss:// means the sentinels and the servers they name. */
function sentinelOptions(tls: ConnectionOptions | undefined) {
  return {
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
  };
}

/** A URL has an IPv6 address in brackets, a socket wants it without. */
function hostOf(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function readCertificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError([`REDIS_TLS_CA_FILE=${JSON.stringify(file)}: ${(error as Error).message}`]);
  }
}
