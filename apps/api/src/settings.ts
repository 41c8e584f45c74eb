import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { count, flag, list, name, oneOf, quantity, redisUrls, share } from './config-values.js';

const BYTES = /^\d+(\.\d+)?\s?[KMGT]i?B$/;
const FILE_SIZE = /^[1-9]\d*[KMG]$/;

/** Every environment variable that the service reads, in the order of `--help`; docs/configuration.md is made from it. */
export const SETTINGS = z.object({
  PORT: count(0, 65_535).default(5000).describe('Port of the API; 0 takes any free one.'),
  HOST: name('an address such as 0.0.0.0 or ::').default('0.0.0.0').describe('Address on which the API listens.'),
  MANAGEMENT_PORT: count(0, 65_535)
    .default(9090)
    .describe('Port of /livez, /readyz, /startupz and /metrics; 0 takes any free one.'),
  MANAGEMENT_HOST: name('an address such as 0.0.0.0 or ::')
    .default('0.0.0.0')
    .describe('Address on which the management port listens.'),
  DATASET_DIR: name('a directory')
    .default('data/sample')
    .describe('Directory of the dataset: the one given to `npm run dataset -- build ... --out`.'),
  DATASET_VERIFY: oneOf(['digest', 'size'])
    .default('digest')
    .describe(
      'How the files are checked before they are served: `digest` reads them once and compares the sha256, `size` compares sizes only.',
    ),
  DATASET_WATCH_SECONDS: count(0, 86_400)
    .default(10)
    .describe(
      'Seconds between looks for a new version of the dataset, which is then opened and served without a restart; 0 never looks.',
    ),
  DUCKDB_MEMORY_LIMIT: quantity(BYTES, 'a size such as 64MB or 1GB')
    .default('64MB')
    .describe(
      'Memory that DuckDB may use for its buffers; 64MB does for the indexes of 100 million entries, a larger dataset is refused until there is more.',
    ),
  DUCKDB_THREADS: count(1, 256)
    .default(1)
    .describe('Threads of one DuckDB query; the look-ups here gain nothing from more.'),
  DUCKDB_CONNECTIONS: count(1, 64)
    .default(4)
    .describe(
      'Queries that run at the same time; each occupies one of the threads of `UV_THREADPOOL_SIZE` while it runs.',
    ),
  DUCKDB_MAX_QUEUED: count(0, 1_000_000)
    .default(1000)
    .describe('Queries that may wait for a connection; one more is answered 503 with Retry-After.'),
  DUCKDB_QUERY_TIMEOUT_MS: count(1, 3_600_000)
    .default(5000)
    .describe('Milliseconds after which a query is stopped, waiting included; it is answered 503 with Retry-After.'),
  DUCKDB_TEMP_DIR: name('a directory that can be written')
    .default(join(tmpdir(), 'spotify-charts'))
    .meta({ defaultText: 'spotify-charts in the temporary directory of the system' })
    .describe('Directory for what DuckDB spills; made when it is needed.'),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('The least level that is logged.'),
  LOG_FORMAT: oneOf(['auto', 'json', 'pretty'])
    .default('auto')
    .describe(
      'Lines on the console: `auto` is `pretty` on a terminal and `json` otherwise. A log file always holds JSON.',
    ),
  LOG_FILE: name('a path').optional().describe('File that gets the log besides the console, for example `app.log`.'),
  LOG_FILE_MAX_SIZE: quantity(FILE_SIZE, 'a whole number with K, M or G, such as 10M')
    .default('10M')
    .describe('Size at which the log file is rotated.'),
  LOG_FILE_KEEP: count(1, 1000).default(5).describe('Rotated log files that are kept; older ones are removed.'),
  LOG_REQUEST_SAMPLE: share()
    .default(1)
    .describe(
      'Share of the requests that are logged when they succeed and are not slow; errors and slow ones always are.',
    ),
  LOG_SLOW_MS: count(0, 3_600_000)
    .default(1000)
    .describe('Milliseconds from which a request is slow and logged as a warning.'),
  TRACE_CONTEXT: oneOf(['off', 'log', 'follow'])
    .default('log')
    .describe(
      'What a W3C `traceparent` of the caller does: nothing, `traceId` and `spanId` in the log line, or `follow`: these, and a line for each request whose trace is sampled, whatever `LOG_REQUEST_SAMPLE`.',
    ),
  KEEP_ALIVE_TIMEOUT_MS: count(1, 3_600_000)
    .default(72_000)
    .describe(
      'Milliseconds for which an idle connection is kept; longer than a proxy in front keeps it, or requests are lost.',
    ),
  HEADERS_TIMEOUT_MS: count(1, 3_600_000)
    .default(75_000)
    .describe('Milliseconds in which the headers of a request must have arrived; above KEEP_ALIVE_TIMEOUT_MS.'),
  REQUEST_TIMEOUT_MS: count(1, 3_600_000)
    .default(80_000)
    .describe('Milliseconds in which a whole request must have arrived; not below HEADERS_TIMEOUT_MS.'),
  CONNECTION_MAX_AGE_MS: count(0, 86_400_000)
    .default(300_000)
    .describe(
      'Milliseconds after which a connection is closed with its next answer, give or take a tenth, so that clients and proxies that keep connections find pods that came later; 0 never closes one for its age.',
    ),
  SHED_WAIT_MS: count(0, 600_000)
    .default(100)
    .describe(
      'Milliseconds that an answer may have to wait for those before it, by estimate; one that nobody has asked for yet and that would wait longer is answered 503 with Retry-After at once. Once some were refused for 50 ms, a quarter of it until a second has passed without a refusal. What is in memory is always answered. 0 never refuses.',
    ),
  MAX_CONNECTIONS: count(1, 1_000_000)
    .default(20_000)
    .describe(
      'Connections that may be open; one more is closed at once. Fewer where the limit of open files does not allow as many.',
    ),
  SEND_TIMEOUT_MS: count(100, 3_600_000)
    .default(30_000)
    .describe(
      'Milliseconds in which a client must have taken something of an answer that is on its way; one that takes nothing is given up within twice that, and its connection closed.',
    ),
  MAX_UNSENT_BYTES: count(0, 2 ** 40)
    .default(64 * 2 ** 20)
    .describe(
      'Bytes of answers that clients have not yet taken; beyond, the connections of those that are longest at it are closed. An answer that goes to many counts once.',
    ),
  SHUTDOWN_DRAIN_MS: count(0, 600_000)
    .default(5000)
    .describe(
      'Milliseconds after SIGTERM in which requests are still taken while /readyz says 503, so that balancers notice. SIGINT (Ctrl-C) does not wait.',
    ),
  SHUTDOWN_DEADLINE_MS: count(1, 3_600_000)
    .default(30_000)
    .describe(
      'Milliseconds after the signal at which the process ends with code 1, whatever is still running; above SHUTDOWN_DRAIN_MS.',
    ),
  TRUST_PROXY: flag()
    .default(false)
    .describe(
      'Whether the address of the client, for the log, is taken from X-Forwarded-For; only behind a proxy that sets it.',
    ),
  CORS_ORIGIN: list('* or origins such as https://charts.example, separated by commas')
    .default(['*'])
    .meta({ defaultText: '*' })
    .describe('Origins whose pages may read the API; `*` is all.'),
  API_KEYS_FILE: name('a file')
    .optional()
    .describe(
      'File of API keys, a line each of name, SHA-256 of the key and, if it has one, limit in requests per minute; read again when it changes. Without it no key is asked for.',
    ),
  CACHE_L1_MAX_BYTES: count(0, 2 ** 32)
    .default(24 * 2 ** 20)
    .describe(
      'Bytes that are kept in memory, half of them answers and half rows of the dataset that answers are made of, in blocks that the system gives as they are filled. Less than 8 MiB are for answers alone; 0 keeps none.',
    ),
  CACHE_L2: oneOf(['on', 'off'])
    .default('on')
    .describe('Whether the Redis of `REDIS_URL` is used; `off` is like no `REDIS_URL`.'),
  CACHE_WARM_UP_MS: count(0, 60_000)
    .default(500)
    .describe(
      'Milliseconds that go into making the answers asked for most before the service is ready: the latest chart of each region and the first pages of the artists with the most entries. 0 makes none.',
    ),
  CACHE_TTL_SECONDS: count(1, 31_536_000)
    .default(86_400)
    .describe('Seconds for which an answer stays in Redis, give or take a tenth.'),
  CACHE_KEY_PREFIX: name('text')
    .default('spotify-charts:')
    .describe('What the keys in Redis begin with; the version of the dataset follows.'),
  REDIS_URL: redisUrls()
    .optional()
    .describe(
      'Redis that replicas share as a cache; without it each keeps its own in memory. Several addresses for `sentinel` and `cluster`.',
    ),
  REDIS_MODE: oneOf(['single', 'sentinel', 'cluster']).default('single').describe('What `REDIS_URL` names.'),
  REDIS_SENTINEL_NAME: name('a name')
    .default('mymaster')
    .describe('Name of the group of servers that the sentinels watch.'),
  REDIS_TLS_CA_FILE: name('a file')
    .optional()
    .describe("Certificate authority for rediss://, PEM; the system's when absent."),
  REDIS_TIMEOUT_MS: count(1, 60_000)
    .default(75)
    .describe(
      'Milliseconds after which Redis is not waited for any more and the answer is made without it. When it has said nothing at all for a fifth of them, it is not asked until it does.',
    ),
  HTTP_CACHE_CONTROL: name('the value of a Cache-Control header')
    .default('public, max-age=60, stale-while-revalidate=86400, stale-if-error=86400')
    .describe(
      'How long browsers and proxies may keep an answer; they ask again with its ETag, which costs next to nothing.',
    ),
});

/** What the environment says, by the names of {@link SETTINGS}. */
export type Settings = z.infer<typeof SETTINGS>;
