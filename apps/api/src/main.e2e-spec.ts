import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from './project-root.js';

const MAIN = join(projectRoot(), 'dist/apps/api/src/main.js');
const folder = mkdtempSync(join(tmpdir(), 'service-'));
const dataset = join(folder, 'dataset');
const running = new Set<ChildProcess>();

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error('These tests run the built program: npm run build');
  const cli = join(projectRoot(), 'dist/apps/dataset/src/main.js');
  const made = spawnSync('node', [cli, 'sample', '--out', dataset, '--seed', '1', '--regions', '3', '--days', '4']);
  if (made.status !== 0) throw new Error(made.stderr.toString());
});
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

interface Service {
  readonly child: ChildProcess;
  readonly port: number;
  readonly managementPort: number;
  readonly lines: () => Record<string, unknown>[];
  /** Resolves with the exit code. */
  readonly exit: Promise<number | null>;
}

function launch(environment: Record<string, string>) {
  const child = spawn('node', [MAIN], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      MANAGEMENT_PORT: '0',
      HOST: '127.0.0.1',
      DATASET_DIR: dataset,
      ...environment,
    },
  });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const exit = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  return { child, output, exit };
}

async function start(environment: Record<string, string> = {}): Promise<Service> {
  const { child, output, exit } = launch(environment);
  const portIn = (pattern: RegExp) => Number(pattern.exec(output.stdout)?.[1]);
  while (!portIn(/on port (\d+)/)) {
    if (child.exitCode !== null) throw new Error(output.stderr);
    await sleep(20);
  }
  const lines = () =>
    output.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return {
    child,
    exit,
    lines,
    port: portIn(/listening on http:\/\/127\.0\.0\.1:(\d+)/),
    managementPort: portIn(/on port (\d+)/),
  };
}

function ask(port: number, path: string, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent }, (response) =>
      response
        .resume()
        .on('end', () => resolve(response))
        .on('error', reject),
    ).on('error', reject);
  });
}

describe('the program', () => {
  it('prints its settings for --help', () => {
    const { status, stdout, stderr } = spawnSync('node', [MAIN, '--help']);
    expect([status, stderr.toString()]).toEqual([0, '']);
    expect(stdout.toString()).toContain('  DATASET_DIR  [data/sample]\n');
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'settings',
      { PORT: 'x', LOG_LEVEL: 'y' },
      /^The settings are wrong:\n {2}PORT="x": .*\n {2}LOG_LEVEL="y": .*\n.*--help.*\n$/,
    ],
    [
      'a missing dataset',
      { DATASET_DIR: join(tmpdir(), 'no-such-folder') },
      /^No dataset in .*"npm run dataset -- .*\n$/,
    ],
    ['a log file that cannot be written', { LOG_FILE: tmpdir() }, /LOG_FILE=.*: must be a file that can be written/],
  ])('does not start with %s, says what to do and ends with code 78', async (_what, environment, text) => {
    const { output, exit } = launch(environment);
    expect(await exit).toBe(78);
    expect(output.stderr).toMatch(text);
    expect(output.stderr + output.stdout).not.toMatch(/\n\s+at /);
  });

  it('says so when its port is taken', async () => {
    const { port, child, exit } = await start();
    const second = launch({ PORT: String(port) });
    expect(await second.exit).toBe(1);
    expect(second.output.stderr).toMatch(/^Cannot listen \(.*EADDRINUSE.*\n$/);
    child.kill('SIGINT');
    expect(await exit).toBe(0);
  });

  it('serves every route, tells little at the start, and logs to console and file alike', async () => {
    const file = join(folder, 'app.log');
    const { port, managementPort, child, exit, lines } = await start({ LOG_FILE: file });
    const paths = ['/filters', '/rankings?region=Global&date=latest', '/tracks', '/health', '/openapi.json', '/docs'];
    for (const path of paths) expect((await ask(port, path, new Agent())).statusCode).toBe(200);
    for (const path of ['/livez', '/readyz', '/startupz', '/metrics']) {
      expect((await ask(managementPort, path, new Agent())).statusCode).toBe(200);
      expect((await ask(port, path, new Agent())).statusCode).toBe(404);
    }
    child.kill('SIGINT');
    expect(await exit).toBe(0);
    expect(lines().filter(({ route }) => !route)).toHaveLength(5);
    expect(lines().filter(({ route }) => route)).toHaveLength(paths.length - 1 + 4);
    expect(
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual(lines());
  });

  it('ends with code 1 when its deadline passes, however a client dawdles', async () => {
    const { port, child, exit, lines } = await start({ SHUTDOWN_DRAIN_MS: '0', SHUTDOWN_DEADLINE_MS: '1500' });
    const dawdler = connect(port, '127.0.0.1').pause();
    dawdler.on('error', () => undefined);
    await once(dawdler, 'connect');
    dawdler.write('GET /tracks HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(300));
    await sleep(500);
    child.kill('SIGTERM');
    expect(await exit).toBe(1);
    expect(lines().at(-2)).toMatchObject({
      level: 'error',
      msg: 'not stopped after 1500 ms',
      requests: expect.any(Number),
    });
    dawdler.destroy();
  });
});
