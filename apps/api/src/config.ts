import type { z } from 'zod';
import { SETTINGS, type Settings } from './settings.js';

/** Injection token of the {@link Config}. */
export const CONFIG = Symbol('CONFIG');

/** The settings of the service in slices, frozen. Durations are milliseconds, sizes as DuckDB or the log rotation read them. */
export type Config = ReturnType<typeof slices>;

/** Faults of the environment, all at once; the message has one line each with variable, value and what would be right. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(
      `The settings are wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}\nRun with --help for all settings.`,
    );
  }
}

/** The settings in an environment; an empty variable counts as absent. Throws {@link ConfigError}. */
export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const given = Object.fromEntries(
    Object.keys(SETTINGS.shape).flatMap((key) => (environment[key] ? [[key, environment[key]]] : [])),
  );
  const parsed = SETTINGS.safeParse(given);
  const faults = parsed.success ? contradictions(parsed.data) : parsed.error.issues.map(faultLine);
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  return slices(parsed.data);

  function faultLine(issue: z.core.$ZodIssue): string {
    const variable = String(issue.path[0]);
    // A URL holds a password.
    const shown = variable === 'REDIS_URL' ? '(hidden)' : JSON.stringify(given[variable]);
    return `${variable}=${shown}: ${issue.message}`;
  }
}

function contradictions(s: Settings): string[] {
  const faults: string[] = [];
  if (s.HEADERS_TIMEOUT_MS <= s.KEEP_ALIVE_TIMEOUT_MS)
    faults.push(
      `HEADERS_TIMEOUT_MS=${s.HEADERS_TIMEOUT_MS}: must be above KEEP_ALIVE_TIMEOUT_MS=${s.KEEP_ALIVE_TIMEOUT_MS}`,
    );
  if (s.REQUEST_TIMEOUT_MS < s.HEADERS_TIMEOUT_MS)
    faults.push(
      `REQUEST_TIMEOUT_MS=${s.REQUEST_TIMEOUT_MS}: must not be below HEADERS_TIMEOUT_MS=${s.HEADERS_TIMEOUT_MS}`,
    );
  if (s.SHUTDOWN_DEADLINE_MS <= s.SHUTDOWN_DRAIN_MS)
    faults.push(
      `SHUTDOWN_DEADLINE_MS=${s.SHUTDOWN_DEADLINE_MS}: must be above SHUTDOWN_DRAIN_MS=${s.SHUTDOWN_DRAIN_MS}`,
    );
  if (s.PORT === s.MANAGEMENT_PORT && s.PORT !== 0)
    faults.push(`MANAGEMENT_PORT=${s.MANAGEMENT_PORT}: must be another port than PORT=${s.PORT}`);
  if (s.REDIS_MODE === 'single' && s.REDIS_URL !== undefined && s.REDIS_URL.length > 1)
    faults.push('REDIS_URL=(hidden): must be one address with REDIS_MODE=single');
  return faults;
}

function slices(s: Settings) {
  return Object.freeze({
    server: Object.freeze({
      port: s.PORT,
      host: s.HOST,
      keepAliveTimeoutMs: s.KEEP_ALIVE_TIMEOUT_MS,
      headersTimeoutMs: s.HEADERS_TIMEOUT_MS,
      requestTimeoutMs: s.REQUEST_TIMEOUT_MS,
      connectionMaxAgeMs: s.CONNECTION_MAX_AGE_MS,
      trustProxy: s.TRUST_PROXY,
      corsOrigins: Object.freeze(s.CORS_ORIGIN),
      cacheControl: s.HTTP_CACHE_CONTROL,
    }),
    access: Object.freeze({ keysFile: s.API_KEYS_FILE }),
    overload: Object.freeze({
      shedWaitMs: s.SHED_WAIT_MS,
      maxConnections: s.MAX_CONNECTIONS,
      sendTimeoutMs: s.SEND_TIMEOUT_MS,
      maxUnsentBytes: s.MAX_UNSENT_BYTES,
    }),
    management: Object.freeze({ port: s.MANAGEMENT_PORT, host: s.MANAGEMENT_HOST }),
    dataset: Object.freeze({ dir: s.DATASET_DIR, verify: s.DATASET_VERIFY, watchSeconds: s.DATASET_WATCH_SECONDS }),
    cache: cacheSlice(s),
    duckdb: duckdbSlice(s),
    log: Object.freeze({
      level: s.LOG_LEVEL,
      format: s.LOG_FORMAT,
      file: s.LOG_FILE,
      fileMaxSize: s.LOG_FILE_MAX_SIZE,
      fileKeep: s.LOG_FILE_KEEP,
      requestSample: s.LOG_REQUEST_SAMPLE,
      slowMs: s.LOG_SLOW_MS,
      traceContext: s.TRACE_CONTEXT,
    }),
    shutdown: Object.freeze({ drainMs: s.SHUTDOWN_DRAIN_MS, deadlineMs: s.SHUTDOWN_DEADLINE_MS }),
  });
}

function duckdbSlice(s: Settings) {
  return Object.freeze({
    memoryLimit: s.DUCKDB_MEMORY_LIMIT,
    threads: s.DUCKDB_THREADS,
    connections: s.DUCKDB_CONNECTIONS,
    maxQueued: s.DUCKDB_MAX_QUEUED,
    queryTimeoutMs: s.DUCKDB_QUERY_TIMEOUT_MS,
    tempDir: s.DUCKDB_TEMP_DIR,
  });
}

/** Share of the memory for answers that goes to the rows they are made of, and what it has to have for that. */
const ROW_SHARE = 1 / 2;
const LEAST_WITH_ROWS_BYTES = 8 * 2 ** 20;

function cacheSlice(s: Settings) {
  const rowBytes = s.CACHE_L1_MAX_BYTES < LEAST_WITH_ROWS_BYTES ? 0 : Math.round(s.CACHE_L1_MAX_BYTES * ROW_SHARE);
  return Object.freeze({
    answerBytes: s.CACHE_L1_MAX_BYTES - rowBytes,
    rowBytes,
    ttlSeconds: s.CACHE_TTL_SECONDS,
    warmUpMs: s.CACHE_WARM_UP_MS,
    keyPrefix: s.CACHE_KEY_PREFIX,
    redis:
      s.REDIS_URL === undefined || s.CACHE_L2 === 'off'
        ? undefined
        : Object.freeze({
            urls: Object.freeze(s.REDIS_URL),
            mode: s.REDIS_MODE,
            sentinelName: s.REDIS_SENTINEL_NAME,
            tlsCaFile: s.REDIS_TLS_CA_FILE,
            timeoutMs: s.REDIS_TIMEOUT_MS,
          }),
  });
}
