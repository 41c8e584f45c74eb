import { closeSync, openSync, truncateSync, rmSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { get, type Answer } from './http-get.js';
import { benchFolder } from './machine.js';
import { NODE_ENVIRONMENT, NODE_FLAGS } from './node-flags.js';
import { freePort, listens, until } from './ports.js';
import { end, SERVER_CPU, startProgram } from './processes.js';
import type { RecordingFile } from './servers/recording.js';

/** A server that runs and can be asked and measured. */
export interface Server {
  readonly name: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** From its start to when it was ready. */
  readonly readyMs: number;
  /** Lines logged since this was asked last; waits until they are written. */
  takeLogLines(): Promise<number>;
  /** The last lines logged, for a message when something is wrong. */
  lastLogLines(): string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** The service gathers lines for 200 ms, and may be held up just then. */
const LOG_FLUSH_MS = 400;
const SERVICE = 'dist/apps/api/src/main.js';
/** Headers that node:http writes itself. */
const OWN_HEADERS = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);
const logFiles = new Set<string>();
process.on('exit', () => logFiles.forEach((file) => rmSync(file, { force: true })));

/**
 * Starts the service on a dataset and waits until it is ready. All settings are the defaults but for those given; the
 * log goes to a file, as a container's does, and is emptied when its lines are counted.
 */
export async function startService(
  name: string,
  datasetDir: string,
  settings: Readonly<Record<string, string>> = {},
  nodeFlags: readonly string[] = [],
): Promise<Server> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const logFile = join(benchFolder(), `service-${process.pid}-${logFiles.size}.log`);
  const log = openSync(logFile, 'a');
  logFiles.add(logFile);
  const start = performance.now();
  const environment = {
    ...NODE_ENVIRONMENT,
    ...{ HOST: '127.0.0.1', MANAGEMENT_HOST: '127.0.0.1', SHUTDOWN_DRAIN_MS: '0' },
    ...{ PORT: String(port), MANAGEMENT_PORT: String(managementPort), DATASET_DIR: datasetDir },
    ...settings,
  };
  const command = [process.execPath, ...NODE_FLAGS, ...nodeFlags, SERVICE] as const;
  const child = startProgram(SERVER_CPU, command, environment, ['ignore', log, 'inherit']);
  closeSync(log);
  await until(child, name, () => isReady(managementPort));
  const readyMs = performance.now() - start;
  return {
    ...{ name, port, child, readyMs },
    takeLogLines: async () => {
      await delay(LOG_FLUSH_MS);
      const lines = readFileSync(logFile).reduce((sum, byte) => sum + (byte === 10 ? 1 : 0), 0);
      truncateSync(logFile, 0);
      return lines;
    },
    lastLogLines: () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-3).join('\n'),
    stop: async (signal) => {
      await end(child, signal);
      rmSync(logFile, { force: true });
    },
  };
}

async function isReady(managementPort: number): Promise<boolean> {
  try {
    return (await get(managementPort, '/readyz')).status === 200;
  } catch {
    return false;
  }
}

/** Starts one of the servers beside this file that give a recorded answer. */
export async function startRecorded(name: string, program: string, recording: string): Promise<Server> {
  const port = await freePort();
  const script = `dist/loadtest/bench/servers/${program}.js`;
  const start = performance.now();
  const child = startProgram(SERVER_CPU, [process.execPath, ...NODE_FLAGS, script, String(port), recording]);
  await until(child, name, () => listens(port));
  const readyMs = performance.now() - start;
  return {
    ...{ name, port, child, readyMs },
    takeLogLines: () => Promise.resolve(0),
    lastLogLines: () => '',
    stop: async () => void (await end(child)),
  };
}

/** Starts a Redis server that keeps nothing on disk; undefined where there is none. Its work is not the service's. */
export async function startRedis(cpu: number): Promise<Pick<Server, 'port' | 'stop'> | undefined> {
  const port = await freePort();
  const child = startProgram(
    cpu,
    ['redis-server', '--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {},
    'ignore',
  );
  const missing = new Promise<boolean>((resolve) => child.once('error', () => resolve(true)));
  const up = until(child, 'redis-server', () => listens(port)).then(
    () => false,
    () => true,
  );
  if (await Promise.race([missing, up])) return undefined;
  return { port, stop: async () => void (await end(child)) };
}

/** Writes an answer to a file from which the other servers read it. */
export async function record({ status, rawHeaders, body }: Answer): Promise<string> {
  const file = join(benchFolder(), 'recording.json');
  const headers = rawHeaders.filter((_, i) => !OWN_HEADERS.has(rawHeaders[i - (i % 2)]!.toLowerCase()));
  const recording: RecordingFile = { status, headers, bodyBase64: body.toString('base64') };
  await writeFile(file, JSON.stringify(recording));
  return file;
}
