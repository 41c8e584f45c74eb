import { ConfigError, readConfig } from './config.js';
import { SETTINGS } from './settings.js';
import { settingRows, usage } from './usage.js';

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

const BAD: readonly (readonly [Record<string, string>, string])[] = [
  [{ PORT: 'http' }, 'PORT="http": must be a whole number from 0 to 65535'],
  [{ PORT: '65536' }, 'PORT="65536": must be a whole number from 0 to 65535'],
  [{ PORT: '-1' }, 'PORT="-1": must be a whole number from 0 to 65535'],
  [{ PORT: '1e3' }, 'PORT="1e3": must be a whole number from 0 to 65535'],
  [{ HOST: ' ' }, 'HOST=" ": must be an address such as 0.0.0.0 or ::'],
  [{ MANAGEMENT_PORT: '5000' }, 'MANAGEMENT_PORT=5000: must be another port than PORT=5000'],
  [{ DATASET_VERIFY: 'no' }, 'DATASET_VERIFY="no": must be one of digest, size'],
  [{ DUCKDB_MEMORY_LIMIT: 'lots' }, 'DUCKDB_MEMORY_LIMIT="lots": must be a size such as 64MB or 1GB'],
  [{ DUCKDB_MEMORY_LIMIT: '128mb' }, 'DUCKDB_MEMORY_LIMIT="128mb": must be a size such as 64MB or 1GB'],
  [{ DUCKDB_THREADS: '0' }, 'DUCKDB_THREADS="0": must be a whole number from 1 to 256'],
  [{ DUCKDB_CONNECTIONS: '2.5' }, 'DUCKDB_CONNECTIONS="2.5": must be a whole number from 1 to 64'],
  [{ DUCKDB_QUERY_TIMEOUT_MS: '5s' }, 'DUCKDB_QUERY_TIMEOUT_MS="5s": must be a whole number from 1 to 3600000'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL="loud": must be one of trace, debug, info, warn, error, fatal, silent'],
  [{ LOG_FORMAT: 'xml' }, 'LOG_FORMAT="xml": must be one of auto, json, pretty'],
  [{ LOG_FILE_MAX_SIZE: '10' }, 'LOG_FILE_MAX_SIZE="10": must be a whole number with K, M or G, such as 10M'],
  [{ LOG_FILE_KEEP: '0' }, 'LOG_FILE_KEEP="0": must be a whole number from 1 to 1000'],
  [{ LOG_REQUEST_SAMPLE: '1.1' }, 'LOG_REQUEST_SAMPLE="1.1": must be a number from 0 to 1, such as 0.05'],
  [{ LOG_REQUEST_SAMPLE: '5%' }, 'LOG_REQUEST_SAMPLE="5%": must be a number from 0 to 1, such as 0.05'],
  [{ TRUST_PROXY: 'yes' }, 'TRUST_PROXY="yes": must be true or false'],
  [
    { CORS_ORIGIN: 'charts.example' },
    'CORS_ORIGIN="charts.example": must be * or origins such as https://charts.example, separated by commas',
  ],
  [{ HEADERS_TIMEOUT_MS: '72000' }, 'HEADERS_TIMEOUT_MS=72000: must be above KEEP_ALIVE_TIMEOUT_MS=72000'],
  [{ REQUEST_TIMEOUT_MS: '74999' }, 'REQUEST_TIMEOUT_MS=74999: must not be below HEADERS_TIMEOUT_MS=75000'],
  [{ SHUTDOWN_DEADLINE_MS: '5000' }, 'SHUTDOWN_DEADLINE_MS=5000: must be above SHUTDOWN_DRAIN_MS=5000'],
];

describe('the settings', () => {
  it('have defaults that suffice', () => {
    const config = readConfig({});
    expect(config.server).toMatchObject({ port: 5000, host: '0.0.0.0', trustProxy: false, corsOrigins: ['*'] });
    expect(config.management.port).toBe(9090);
    expect(config.dataset).toEqual({ dir: 'data/sample', verify: 'digest', watchSeconds: 10 });
    expect(config.duckdb).toMatchObject({ memoryLimit: '64MB', threads: 1, connections: 4 });
    expect(config.log).toMatchObject({ level: 'info', format: 'auto', file: undefined, requestSample: 1 });
  });

  it('are read from the environment', () => {
    const config = readConfig({
      PORT: '0',
      TRUST_PROXY: 'true',
      LOG_REQUEST_SAMPLE: '.05',
      CORS_ORIGIN: 'https://a.example, http://b.example:8080',
      DUCKDB_MEMORY_LIMIT: '1.5GiB',
    });
    expect(config.server).toMatchObject({
      port: 0,
      trustProxy: true,
      corsOrigins: ['https://a.example', 'http://b.example:8080'],
    });
    expect(config.log.requestSample).toBe(0.05);
    expect(config.duckdb.memoryLimit).toBe('1.5GiB');
  });

  it('count as absent when empty, and nobody minds variables of other programs', () => {
    expect(readConfig({ PORT: '', LOG_FILE: '', REDIS_URL: '', HOME: '/root' })).toEqual(readConfig({}));
  });

  it.each(BAD)('refuse %j', (environment, fault) => {
    expect(faultsOf(environment)).toEqual([fault]);
  });

  it.each([
    ['33554432', 2 ** 24, 2 ** 24],
    ['8388609', 4_194_304, 4_194_305],
    ['8388607', 8_388_607, 0],
    ['0', 0, 0],
  ])('share memory of %s bytes between answers and rows', (CACHE_L1_MAX_BYTES, answerBytes, rowBytes) => {
    expect(readConfig({ CACHE_L1_MAX_BYTES }).cache).toMatchObject({ answerBytes, rowBytes });
  });

  it('use Redis only when it is named and not switched off', () => {
    const url = 'redis://user:secret@cache:6380/2';
    expect(readConfig({ REDIS_URL: url }).cache.redis).toMatchObject({ urls: [url], mode: 'single', timeoutMs: 75 });
    expect(readConfig({ REDIS_URL: url, CACHE_L2: 'off' }).cache.redis).toBeUndefined();
    expect(readConfig({}).cache.redis).toBeUndefined();
  });

  it.each(['http://cache', 'cache:6379', 'redis://', 'redis://a/x', 'redis://a,http://b', 'redis://u:100%@a'])(
    'refuse %s for Redis without repeating it, for it may hold a password',
    (REDIS_URL) => {
      const [fault] = faultsOf({ REDIS_URL });
      expect(fault).toMatch(/^REDIS_URL=\(hidden\): must be redis:\/\//);
    },
  );

  it('name all faults at once', () => {
    const faults = faultsOf({ PORT: 'x', LOG_LEVEL: 'y', TRUST_PROXY: 'z' });
    expect(faults.map((fault) => fault.split('=')[0])).toEqual(['PORT', 'LOG_LEVEL', 'TRUST_PROXY']);
    expect(new ConfigError(faults).message.split('\n')).toHaveLength(faults.length + 2);
  });

  it('cannot be changed', () => {
    const config = readConfig({});
    expect(Object.isFrozen(config)).toBe(true);
    for (const slice of Object.values(config)) expect(Object.isFrozen(slice)).toBe(true);
  });
});

describe('several addresses of Redis', () => {
  it('are refused for a single server, and when some are to be reached by TLS and some are not', () => {
    const REDIS_URL = 'redis://:secret@a, redis://b';
    expect(faultsOf({ REDIS_URL })).toEqual(['REDIS_URL=(hidden): must be one address with REDIS_MODE=single']);
    expect(readConfig({ REDIS_URL, REDIS_MODE: 'cluster' }).cache.redis?.urls).toHaveLength(2);
    expect(faultsOf({ REDIS_URL: `${REDIS_URL},rediss://c`, REDIS_MODE: 'cluster' })).toEqual([
      'REDIS_URL=(hidden): must be all redis:// or all rediss://',
    ]);
  });
});

describe('the help', () => {
  it('names every setting with its default and its meaning', () => {
    const text = usage();
    for (const { name, defaultText, meaning, values } of settingRows()) {
      expect(text).toContain(defaultText ? `  ${name}  [${defaultText}]\n` : `  ${name}\n`);
      expect([name, meaning, values]).not.toContain('');
    }
    expect(settingRows().map(({ name }) => name)).toEqual(Object.keys(SETTINGS.shape));
  });

  it('states defaults that are allowed values themselves', () => {
    const written = settingRows().filter(({ name, defaultText }) => defaultText && name !== 'DUCKDB_TEMP_DIR');
    expect(readConfig(Object.fromEntries(written.map(({ name, defaultText }) => [name, defaultText])))).toEqual(
      readConfig({}),
    );
  });
});
