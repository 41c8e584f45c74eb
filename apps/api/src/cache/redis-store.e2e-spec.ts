import { join } from 'node:path';
import { STORE_CONTRACT, type Store } from '#libs/read-through';
import { readConfig } from '../config.js';
import { RedisStore } from './redis-store.js';
import { RedisServer, makeCertificate, until, type Directives } from './testing/redis-server.js';

interface Setup {
  readonly name: string;
  readonly directives?: (dir: string) => Directives;
  /** Done once the server listens, as an administrator. */
  readonly prepare?: (server: RedisServer) => Promise<unknown>;
  readonly environment: (server: RedisServer) => Record<string, string>;
}

const ACL_USER = ['on', '>p@ss/word', '~*', 'resetchannels', '-@all', '+get', '+set'] as const;

const SETUPS: readonly Setup[] = [
  { name: 'a server', environment: ({ url }) => ({ REDIS_URL: url }) },
  {
    name: 'a server with a password, second database',
    directives: () => ({ requirepass: 'sesame' }),
    environment: ({ port }) => ({ REDIS_URL: `redis://:sesame@127.0.0.1:${port}/1` }),
  },
  {
    name: 'a user who may GET and SET only, with a password that a URL has to escape',
    prepare: (server) => server.run(['ACL', 'SETUSER', 'cache', ...ACL_USER]),
    environment: ({ port }) => ({ REDIS_URL: `redis://cache:p%40ss%2Fword@127.0.0.1:${port}` }),
  },
  {
    name: 'a cluster',
    directives: () => ({ 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' }),
    prepare: async (server) => {
      await server.run(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383']);
      await until('the cluster is up', async () =>
        String(await server.run(['CLUSTER', 'INFO'])).includes('cluster_state:ok'),
      );
    },
    environment: ({ url }) => ({ REDIS_URL: url, REDIS_MODE: 'cluster' }),
  },
  {
    name: 'a server behind TLS',
    directives: (dir) => {
      const { cert, key } = makeCertificate(dir);
      return { 'tls-cert-file': cert, 'tls-key-file': key, 'tls-auth-clients': 'no', 'tls-port': '0' };
    },
    environment: ({ port, dir }) => ({
      REDIS_URL: `rediss://127.0.0.1:${port}`,
      REDIS_TLS_CA_FILE: join(dir, 'cert.pem'),
    }),
  },
];

function open(environment: Record<string, string>, onFault: (error: Error) => void = () => undefined): RedisStore {
  return new RedisStore(readConfig({ REDIS_TIMEOUT_MS: '5000', ...environment }).cache.redis!, onFault);
}

/** Resolves when the store has a connection: before that it refuses rather than wait. */
async function ready(store: Store): Promise<void> {
  await until('the store is connected', () =>
    store.get('ready').then(
      () => true,
      () => false,
    ),
  );
}

describe.each(SETUPS)('Redis as a store: $name', ({ directives, prepare, environment }) => {
  let server: RedisServer;
  let store: RedisStore;

  beforeAll(async () => {
    server = await RedisServer.started(directives);
    await prepare?.(server);
    store = open(environment(server));
    await ready(store);
  });

  afterAll(async () => {
    await store.close();
    await server.remove();
  });

  it.each(STORE_CONTRACT)('$name', ({ name, check }) => check(store, `${name}:`));
});

describe('Redis as a store: sentinels', () => {
  let master: RedisServer;
  let sentinel: RedisServer;

  beforeAll(async () => {
    master = await RedisServer.started({ requirepass: 'sesame' });
    sentinel = await RedisServer.sentinel('charts', master, 'sesame');
  });

  afterAll(async () => {
    await sentinel.remove();
    await master.remove();
  });

  it('are asked for the server, and passed over when they are down', async () => {
    const REDIS_URL = `redis://:sesame@127.0.0.1:1,redis://:sesame@127.0.0.1:${sentinel.port}`;
    const store = open({ REDIS_URL, REDIS_MODE: 'sentinel', REDIS_SENTINEL_NAME: 'charts' });
    await ready(store);
    await store.set('a', Buffer.from('value'), 60);
    expect(Buffer.from((await store.get('a'))!).toString()).toBe('value');
    await store.close();
  });
});

describe('Redis as a store: reads', () => {
  it('of one turn are one command, each with its own bytes, whether there are any or not', async () => {
    const server = await RedisServer.started();
    const store = open({ REDIS_URL: server.url });
    await ready(store);
    await store.set('1', Uint8Array.of(1), 60);
    await server.run(['RPUSH', '2', 'a list']);
    await server.run(['CONFIG', 'RESETSTAT']);
    const found = await Promise.all(Array.from({ length: 40 }, (_, index) => store.get(String(index))));
    expect(found.map((bytes) => bytes && [...bytes])).toEqual(
      Array.from({ length: 40 }, (_, index) => (index === 1 ? [1] : undefined)),
    );
    const stats = String(await server.run(['INFO', 'commandstats']));
    expect(stats).toContain('cmdstat_mget:calls=1,');
    expect(stats).not.toContain('cmdstat_get:');
    await store.close();
    await server.remove();
  });

  it('are one command each from then on, where many at a time are refused', async () => {
    const server = await RedisServer.started();
    await server.run(['ACL', 'SETUSER', 'cache', ...ACL_USER]);
    const store = open({ REDIS_URL: `redis://cache:p%40ss%2Fword@127.0.0.1:${server.port}` });
    await ready(store);
    await store.set('1', Uint8Array.of(1), 60);
    for (let round = 0; round < 3; round++) {
      const found = await Promise.all(['0', '1', '2'].map((key) => store.get(key)));
      expect(found.map((bytes) => bytes && [...bytes])).toEqual([undefined, [1], undefined]);
    }
    expect(String(await server.run(['INFO', 'commandstats']))).toMatch(/cmdstat_mget:.*rejected_calls=1,/);
    await store.close();
    await server.remove();
  });
});

describe('Redis that cannot be used', () => {
  it('refuses at once and says why without the password', async () => {
    const server = await RedisServer.started({ requirepass: 'sesame' });
    const faults: string[] = [];
    const store = open({ REDIS_URL: `redis://:not-sesame@127.0.0.1:${server.port}` }, ({ message }) =>
      faults.push(message),
    );
    await until('the server has refused', () => faults.length > 0);
    await expect(store.get('a')).rejects.toThrow();
    expect(faults[0]).toContain('WRONGPASS');
    expect(faults.join()).not.toContain('sesame');
    await store.close();
    await server.remove();
  });

  it('is not trusted with a certificate that nobody vouches for', async () => {
    const server = await RedisServer.started(SETUPS.at(-1)?.directives);
    const faults: string[] = [];
    const store = open({ REDIS_URL: `rediss://127.0.0.1:${server.port}` }, ({ message }) => faults.push(message));
    await until('the certificate is refused', () => faults.some((fault) => /self-signed/.test(fault)));
    await expect(store.get('a')).rejects.toThrow();
    await store.close();
    await server.remove();
  });

  it('is a fault of the settings when the certificate file is none', () => {
    expect(() => open({ REDIS_URL: 'rediss://127.0.0.1', REDIS_TLS_CA_FILE: '/nowhere.pem' })).toThrow(
      'REDIS_TLS_CA_FILE="/nowhere.pem": ENOENT',
    );
  });
});
