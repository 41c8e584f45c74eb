import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NODE_ENVIRONMENT, NODE_FLAGS } from '../../loadtest/bench/node-flags.js';
import { DATASET_PROGRAM, programPath } from './built-program.js';

const SERVICE_PROGRAM = programPath('service');
const START_MS = 20_000;

/** How a program ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** The most memory that it had at a look, bytes; 0 where the system does not tell. */
  readonly peakBytes: number;
}

/** Runs the compiled dataset command line to its end. */
export async function runDatasetProgram(
  args: readonly string[],
  looked: (pid: number) => number = () => 0,
): Promise<Ended> {
  const child = spawn(process.execPath, [DATASET_PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()));
  let peakBytes = 0;
  const look = () => (peakBytes = Math.max(peakBytes, child.pid === undefined ? 0 : looked(child.pid)));
  const timer = setInterval(look, 20);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  return { code, ...texts, peakBytes };
}

/** What the process of the service is given beyond its environment. */
export interface Launch {
  /** Most files and sockets that it may have open. */
  readonly openFiles?: number;
  /** Number of the user that it runs as, for a test that is run by root; the test's own unless given. */
  readonly user?: number | undefined;
}

/** Starts the compiled service with nothing but this environment, and what `npm start` gives, and does not wait for it. */
export function launchService(
  environment: Readonly<Record<string, string>>,
  nodeFlags: readonly string[] = [],
  { openFiles, user }: Launch = {},
): ChildProcess {
  const args = [process.execPath, ...NODE_FLAGS, ...nodeFlags, SERVICE_PROGRAM];
  const limited = openFiles === undefined ? args : ['/bin/sh', '-c', `ulimit -n ${openFiles}; exec "$0" "$@"`, ...args];
  return spawn(limited[0]!, limited.slice(1), {
    env: {
      ...NODE_ENVIRONMENT,
      ...{ PORT: '0', MANAGEMENT_PORT: '0', HOST: '127.0.0.1', MANAGEMENT_HOST: '127.0.0.1', LOG_FORMAT: 'json' },
      ...environment,
    },
    ...(user !== undefined && { uid: user, gid: user }),
  });
}

/** The compiled service in a process of its own, on free ports of 127.0.0.1, with a small sample unless told otherwise. */
export class RunningService {
  /** The code or the signal with which the process ended; pending while it runs. */
  readonly ended: Promise<number | NodeJS.Signals>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly output: { text: string },
    readonly port: number,
    readonly managementPort: number,
  ) {
    this.ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal!)));
  }

  /**
   * Starts it and waits until it listens; `nodeFlags` are for Node itself. Rejects with what it wrote when it does not
   * start.
   */
  static async start(
    environment: Readonly<Record<string, string>> = {},
    nodeFlags: readonly string[] = [],
    launch: Launch = {},
  ): Promise<RunningService> {
    if (!existsSync(SERVICE_PROGRAM)) throw new Error('These tests run the built program: npm run build');
    const folder = mkdtempSync(join(tmpdir(), 'service-'));
    const dataset = join(folder, 'dataset');
    if (environment['DATASET_DIR'] === undefined) {
      const size = ['--seed', '1', '--regions', '3', '--days', '4'];
      const made = await runDatasetProgram(['sample', '--out', dataset, ...size]);
      if (made.code !== 0) throw new Error(made.err);
    }
    const defaults = { DATASET_DIR: dataset, DUCKDB_TEMP_DIR: join(folder, 'temp'), DATASET_WATCH_SECONDS: '0' };
    const child = launchService({ ...defaults, ...environment }, nodeFlags, launch);
    const output = { text: '' };
    child.stdout!.on('data', (chunk: Buffer) => (output.text += chunk.toString()));
    child.stderr!.on('data', (chunk: Buffer) => (output.text += chunk.toString()));
    const portIn = (pattern: RegExp) => Number(pattern.exec(output.text)?.[1]);
    const end = performance.now() + START_MS;
    while (!portIn(/on port (\d+)/)) {
      if (child.exitCode !== null || performance.now() > end) {
        child.kill('SIGKILL');
        rmSync(folder, { recursive: true, force: true });
        throw new Error(`not started: ${output.text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const port = portIn(/listening on http:\/\/127\.0\.0\.1:(\d+)/);
    return new RunningService(child, folder, output, port, portIn(/on port (\d+)/));
  }

  /** What it logged so far, a line each. */
  get log(): readonly string[] {
    return this.output.text.trim().split('\n');
  }

  get pid(): number {
    return this.child.pid!;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Sum of all samples of a metric, whatever their labels, or of those whose labels hold a text; 0 when there is none. */
  async metric(name: string, labels = ''): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.managementPort}/metrics`)).text();
    const samples = text
      .split('\n')
      .filter((line) => /[ {]/.exec(line)?.index === name.length && line.startsWith(name));
    return samples
      .filter((line) => line.includes(labels))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /** Bytes of memory that the process has. */
  memoryBytes(): Promise<number> {
    return this.metric('process_resident_memory_bytes');
  }

  /** Status and headers of a path, its body read to the end. */
  async get(
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response & { readonly body: unknown }> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, { headers, redirect: 'manual' });
    await response.arrayBuffer();
    return response;
  }

  async stop(): Promise<void> {
    if (this.alive) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
