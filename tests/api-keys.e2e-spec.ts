import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { KeyFolder } from '../apps/api/src/access/testing/key-folder.js';
import { RedisServer, until } from '../apps/api/src/cache/testing/redis-server.js';
import { recordFault } from './faults/fault-record.js';
import { ensureBuilt, programPath } from './setup/built-program.js';
import { RunningService } from './setup/running-service.js';

const PATH = '/rankings?region=Global&date=latest';
const LIMIT = 40;

/** Makes a key with the command that operators make theirs with. */
function made(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [programPath('service'), 'new-key', ...args], {
    encoding: 'utf8',
  });
  return { status, line: stdout, key: /anywhere: (\S+)/.exec(stderr)?.[1] ?? '', stderr };
}

let redis: RedisServer;
let folder: KeyFolder;
let services: readonly RunningService[];
let keys: Readonly<Record<'mobile' | 'web' | 'fault', string>>;

beforeAll(async () => {
  await ensureBuilt('service', 'dataset');
  const [mobile, web, fault] = [made('mobile', String(LIMIT)), made('web'), made('fault', '100000')];
  keys = { mobile: mobile.key, web: web.key, fault: fault.key };
  folder = new KeyFolder(`# keys of the tests\n${mobile.line}${web.line}${fault.line}`);
  redis = await RedisServer.started();
  const environment = { API_KEYS_FILE: folder.path, REDIS_URL: redis.url, SHUTDOWN_DRAIN_MS: '0' };
  services = await Promise.all([RunningService.start(environment), RunningService.start(environment)]);
}, 180_000);
afterAll(async () => {
  await Promise.all((services ?? []).map((service) => service.stop()));
  await redis?.remove();
  folder?.remove();
});

const asked = (service: RunningService, key: string) => service.get(PATH, { Authorization: `Bearer ${key}` });
const locals = (service: RunningService, reason: string) =>
  service.metric('api_key_limits_local_total', `reason="${reason}"`);

/** Until a process counts in Redis again. */
const sharedBy = (service: RunningService) =>
  until('limits are shared', async () => {
    const before = await service.metric('api_key_limits_local_total');
    await asked(service, keys.fault);
    return (await service.metric('api_key_limits_local_total')) === before;
  });

describe('the command new-key', () => {
  it('writes the line to the output and the key beside it, and says what is wrong', () => {
    const { status, line, key } = made('mobile', '600');
    expect([status, line]).toEqual([0, expect.stringMatching(/^mobile [0-9a-f]{64} 600\n$/)]);
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(made('a b')).toMatchObject({ status: 64, line: '', stderr: expect.stringContaining('Usage: new-key NAME') });
  });
});

describe('processes with a Redis', () => {
  it('share the limit of a key', async () => {
    await Promise.all(services.map(sharedBy));
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => asked(services[i % services.length]!, keys.mobile)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(LIMIT);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(60 - LIMIT);
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(30);
    for (const service of services) expect((await asked(service, keys.web)).status).toBe(200);
  }, 30_000);

  it('answer on when Redis stops answering, is killed and comes back; no request fails', async () => {
    const [service] = services;
    let [sent, failed, worstMs] = [0, 0, 0];
    const ask = async (count: number) => {
      for (let i = 0; i < count; i++) {
        const began = performance.now();
        const { status } = await asked(service!, keys.fault);
        worstMs = Math.max(worstMs, performance.now() - began);
        sent++;
        if (status !== 200) failed++;
      }
    };
    redis.signal('SIGSTOP');
    await ask(20);
    expect(await locals(service!, 'timeout')).toBeGreaterThan(0);
    expect(await locals(service!, 'open')).toBeGreaterThan(0);
    redis.signal('SIGCONT');
    await sharedBy(service!);
    await redis.kill();
    await ask(100);
    await redis.start();
    await sharedBy(service!);
    await ask(20);
    recordFault({
      ...{ door: 'Redis', fault: 'limits of API keys: stopped, killed and back again', sent, failed, worstMs },
      ...{ lost: 'counts of the others meanwhile', seen: 'each process counts by itself, then they share again' },
    });
    expect([sent, failed]).toEqual([140, 0]);
  }, 60_000);

  it('count a client that left while its limit was asked for, and are ready for the next', async () => {
    const [service] = services;
    await sharedBy(service!);
    const before = await service!.metric('http_requests_total', 'status="499"');
    redis.signal('SIGSTOP');
    const socket = connect(service!.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET ${PATH} HTTP/1.1\r\nHost: x\r\nX-API-Key: ${keys.fault}\r\nX-Request-Id: left\r\n\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    await until('it is counted', async () => (await service!.metric('http_requests_total', 'status="499"')) > before);
    redis.signal('SIGCONT');
    const line = () => service!.log.find((one) => one.includes('"requestId":"left"'));
    await until('it is logged', () => line() !== undefined);
    expect(JSON.parse(line()!)).toMatchObject({ status: 499, key: 'fault' });
    expect(await service!.metric('http_requests_in_flight')).toBe(0);
    expect((await asked(service!, keys.fault)).status).toBe(200);
  }, 30_000);

  it('take keys out and in without a restart', async () => {
    const next = made('next');
    folder.swap(next.line);
    for (const service of services) {
      await until('the new key is known', async () => (await asked(service, next.key)).status === 200);
      expect((await asked(service, keys.web)).status).toBe(401);
    }
  }, 30_000);

  it('leave the management port as it is', async () => {
    for (const path of ['/livez', '/readyz', '/startupz', '/metrics']) {
      expect((await fetch(`http://127.0.0.1:${services[0]!.managementPort}${path}`)).status).toBe(200);
    }
  });

  it('have written no key to their log', () => {
    for (const { log } of services) {
      expect(log.join('\n')).toContain('"key":"mobile"');
      for (const key of Object.values(keys)) expect(log.join('\n')).not.toContain(key);
    }
  });
});

describe('a process with a file of keys that has faults', () => {
  it('does not start, and says all of them', async () => {
    const wrong = new KeyFolder('mobile\nweb 123 5\n');
    await expect(RunningService.start({ API_KEYS_FILE: wrong.path })).rejects.toThrow(
      /line 1: must be NAME SHA256[^]*line 2: the second word must be the SHA-256/,
    );
    wrong.remove();
  }, 60_000);
});
