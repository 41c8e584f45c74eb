import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { programPath } from '../setup/built-program.js';
import { launchService, runDatasetProgram, RunningService } from '../setup/running-service.js';
import { recordFault } from './fault-record.js';
import { coldPaths, PATHS, READ_FROM_FILE } from './process-paths.js';
import { SteadyRequests } from './steady-requests.js';

const STARTS = 6;
/** Longest that an end without waiting may take, milliseconds. */
const END_MS = 2000;

let folder: string;
let settings: Readonly<Record<string, string>>;
let temp: string;
const running: RunningService[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signals-'));
  temp = join(folder, 'temp');
  settings = { DATASET_DIR: join(folder, 'data'), DUCKDB_TEMP_DIR: temp };
  const size = ['--seed', '1', '--regions', '3', '--days', '4', '--quiet'];
  const made = await runDatasetProgram(['sample', '--out', settings['DATASET_DIR']!, ...size]);
  if (made.code !== 0) throw new Error(made.err);
}, 60_000);
afterEach(() => Promise.all(running.splice(0).map((service) => service.stop())));
afterAll(() => rmSync(folder, { recursive: true }));

async function start(more: Readonly<Record<string, string>> = {}): Promise<RunningService> {
  const service = await RunningService.start({ ...settings, ...READ_FROM_FILE, ...more });
  running.push(service);
  return service;
}

function load({ port }: RunningService, requestsPerSecond = 400): SteadyRequests {
  const cold = coldPaths();
  let turn = 0;
  const paths = () => (turn++ % 2 === 0 ? cold() : PATHS[turn % PATHS.length]!);
  return new SteadyRequests({ port, requestsPerSecond, paths });
}

async function isReady({ managementPort }: RunningService): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${managementPort}/readyz`)).ok;
}

/** What is left of the queries' temporary files. */
const leftOvers = () => (existsSync(temp) ? readdirSync(temp) : []);

describe('SIGTERM', () => {
  it('under load', async () => {
    const service = await start({ SHUTDOWN_DRAIN_MS: '1500' });
    const requests = load(service);
    await sleep(500);
    service.signal('SIGTERM');
    const signalled = performance.now();
    // A balancer goes on sending until it has looked at /readyz again.
    while (await isReady(service)) await sleep(20);
    const unreadyMs = performance.now() - signalled;
    await sleep(600);
    const { sent, failed, errors, worstMs } = await requests.stop();
    const code = await service.ended;
    const endMs = performance.now() - signalled;
    recordFault({
      ...{ door: 'process', fault: 'SIGTERM under 400 requests/s', sent, failed, worstMs, lost: 'nothing' },
      seen: `/readyz 503 after ${unreadyMs.toFixed(0)} ms; requests went on for 600 ms more; ended with ${code} after ${endMs.toFixed(0)} ms`,
      limits: [
        { name: '/readyz 503 after ms', value: unreadyMs, most: 250 },
        { name: 'end after ms, with 1500 of waiting', value: endMs, most: 1500 + END_MS },
      ],
    });
    expect(errors).toEqual({});
    expect(sent).toBeGreaterThan(200);
    expect(code).toBe(0);
    expect(leftOvers()).toEqual([]);
  });

  it('twice in a row', async () => {
    const service = await start({ SHUTDOWN_DRAIN_MS: '60000', SHUTDOWN_DEADLINE_MS: '120000' });
    const requests = load(service, 200);
    await sleep(300);
    service.signal('SIGTERM');
    await sleep(300);
    const { sent, failed, errors, worstMs } = await requests.stop();
    const second = performance.now();
    service.signal('SIGTERM');
    const code = await service.ended;
    const endMs = performance.now() - second;
    recordFault({
      ...{ door: 'process', fault: 'SIGTERM twice in a row', sent, failed, worstMs, lost: 'nothing' },
      seen: `all was answered until the second, which ended it with ${code} after ${endMs.toFixed(0)} ms`,
      limits: [{ name: 'end after ms', value: endMs, most: END_MS }],
    });
    expect(errors).toEqual({});
    expect(code).toBe(143);
  });

  it('during the start', async () => {
    const ends: { readonly how: unknown; readonly ms: number }[] = [];
    for (let i = 0; i < STARTS; i++) {
      const child = launchService(settings);
      let output = '';
      child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr!.on('data', (chunk: Buffer) => (output += chunk.toString()));
      const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
      await sleep(20 + 50 * i);
      const early = output === '';
      child.kill('SIGTERM');
      const signalled = performance.now();
      const how = await ended;
      if (!early) continue;
      ends.push({ how, ms: performance.now() - signalled });
      expect(output).toBe('');
    }
    const slowest = Math.max(...ends.map(({ ms }) => ms));
    recordFault({
      ...{ door: 'process', fault: 'SIGTERM during the start', sent: 0, failed: 0, lost: 'nothing' },
      seen: `${ends.length} starts, ended within ${slowest.toFixed(0)} ms without a word and without waiting; nothing left`,
      limits: [{ name: 'end after ms', value: slowest, most: END_MS }],
    });
    expect(ends.length).toBeGreaterThan(STARTS / 4);
    // By Node, which has not come to the program yet, or by the program.
    expect(['SIGTERM', 143]).toEqual(expect.arrayContaining([...new Set(ends.map(({ how }) => how))]));
    expect(leftOvers()).toEqual([]);
    expect(await isReady(await start())).toBe(true);
  });
});

/** Whether there may be a process here that is the first one of its own space, as in a container. */
const mayUnshare = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

// Where unshare needs rights that are not there, this shows as skipped.
(mayUnshare ? describe : describe.skip)('SIGTERM to the first process of a container', () => {
  it('while it starts', async () => {
    const startMs = (await firstProcess()).ms;
    const { ms, output, code } = await firstProcess(startMs / 2);
    recordFault({
      ...{ door: 'process', fault: 'SIGTERM to process 1 at half of its start', sent: 0, failed: 0, lost: 'nothing' },
      seen: `ended with ${code} after ${ms.toFixed(0)} ms, before it listened`,
      limits: [{ name: 'end after ms', value: ms, most: END_MS }],
    });
    expect([code, output]).toEqual([143, '']);
  });
});

/**
 * Starts the service as the first process of a space of its own and ends it: with SIGTERM after so many milliseconds, or
 * else when it listens. Tells how long it took from the start until it listened, or from the signal until it had ended.
 */
async function firstProcess(signalAfterMs?: number) {
  const began = performance.now();
  const child = spawn('unshare', ['--pid', '--fork', '--kill-child', process.execPath, programPath('service')], {
    env: {
      ...process.env,
      PORT: '0',
      MANAGEMENT_PORT: '0',
      HOST: '127.0.0.1',
      MANAGEMENT_HOST: '127.0.0.1',
      ...settings,
    },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  try {
    if (signalAfterMs === undefined) {
      while (!output.includes('on port')) await sleep(10);
      return { ms: performance.now() - began, output, code: null };
    }
    await sleep(signalAfterMs);
    const signalled = performance.now();
    process.kill(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')), 'SIGTERM');
    const code = await ended;
    return { ms: performance.now() - signalled, output, code };
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}
