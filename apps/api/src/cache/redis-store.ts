import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Store } from '#libs/read-through';
import { ConfigError, type Config } from '../config.js';

type RedisConfig = NonNullable<Config['cache']['redis']>;

const CONNECT_TIMEOUT_MS = 500;
const SOCKET_TIMEOUT_MS = 2000;
const KEEP_ALIVE_MS = 5000;
const MOST_RETRY_MS = 2000;

/** A Redis, a Sentinel group or a Cluster as a store; connects by itself, in the background, again and again. */
export class RedisStore implements Store {
  private readonly client: Redis | Cluster;

  constructor(
    config: RedisConfig,
    /** Told of every fault of the connection; the store itself answers with rejections. */
    onFault: (error: Error) => void,
  ) {
    this.client = createClient(config);
    // Without a listener a lost connection would end the process.
    this.client.on('error', onFault);
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return (await this.client.getBuffer(key)) ?? undefined;
  }

  async set(key: string, bytes: Uint8Array, ttlSeconds: number): Promise<void> {
    await this.client.set(key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 'EX', ttlSeconds);
  }

  /** Ends the connection without waiting for the server. */
  close(): void {
    this.client.disconnect();
  }
}

function createClient(config: RedisConfig): Redis | Cluster {
  const { mode, sentinelName } = config;
  const urls = config.urls.map((url) => new URL(url));
  const [first] = urls;
  const options = clientOptions(config, first!) satisfies RedisOptions;
  const nodes = urls.map(({ hostname, port }) => ({ host: hostOf(hostname), port: Number(port || 6379) }));
  if (mode === 'cluster') {
    return new Cluster(nodes, {
      enableOfflineQueue: false,
      enableAutoPipelining: true,
      clusterRetryStrategy: (attempt) => Math.min(attempt * 100, MOST_RETRY_MS),
      redisOptions: options,
    });
  }
  if (mode === 'sentinel')
    return new Redis({ ...options, ...sentinelOptions(options.tls), sentinels: nodes, name: sentinelName });
  return new Redis({ ...options, ...nodes[0]! });
}

/** Nothing is queued while there is no connection, and nothing asked twice: the answer is wanted now or not at all. */
function clientOptions({ timeoutMs, tlsCaFile }: RedisConfig, url: URL) {
  const db = Number(url.pathname.slice(1) || 0);
  return {
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: timeoutMs,
    socketTimeout: SOCKET_TIMEOUT_MS,
    keepAlive: KEEP_ALIVE_MS,
    retryStrategy: (attempt: number) => Math.min(attempt * 100, MOST_RETRY_MS),
    ...(url.username && { username: decodeURIComponent(url.username) }),
    ...(url.password && { password: decodeURIComponent(url.password) }),
    ...(db > 0 && { db }),
    ...(url.protocol === 'rediss:' && { tls: tlsCaFile === undefined ? {} : { ca: readCertificate(tlsCaFile) } }),
  };
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
