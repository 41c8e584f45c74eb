import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a program that has ended took. */
export interface Run {
  readonly seconds: number;
  readonly peakRssMb: number;
  readonly stdout: string;
}

const TICKS_PER_SECOND = Number(spawnSync('getconf', ['CLK_TCK']).stdout?.toString() || 100);

/** Runs a program of Node to its end, watching its memory. Throws with what it said when it fails. */
export async function runNode(args: readonly string[]): Promise<Run> {
  const start = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  let peakRssMb = 0;
  child.stdout.on('data', (text) => (stdout += String(text)));
  child.stderr.on('data', (text) => (stderr += String(text)));
  const watch = setInterval(() => (peakRssMb = Math.max(peakRssMb, memoryOf(child, 'VmHWM'))), 100);
  const code = await new Promise((resolve) => child.on('exit', resolve));
  clearInterval(watch);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}: ${stderr}`);
  return { seconds: (performance.now() - start) / 1000, peakRssMb, stdout };
}

/** Cores that are measured on: servers on the first, whatever asks them on the second. */
export const SERVER_CPU = 0;
export const CLIENT_CPU = 1;

const started = new Set<ChildProcess>();
// Whatever way this process ends, what it has started ends with it.
process.on('exit', () => started.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

/** Whether this system can pin a process to a core; without that, results are less steady. */
export const pins = spawnSync('taskset', ['-V']).status === 0;

/** Starts a program on one core, where the system can pin it. It is killed when this process ends. */
export function startProgram(
  cpu: number,
  [program, ...args]: readonly [string, ...string[]],
  environment: Readonly<Record<string, string>> = {},
  stdio: StdioOptions = ['ignore', 'ignore', 'inherit'],
): ChildProcess {
  const [command, rest] = pins ? ['taskset', ['-c', String(cpu), program, ...args]] : [program, args];
  const child = spawn(command, rest, { env: { ...process.env, ...environment }, stdio });
  started.add(child);
  child.on('exit', () => started.delete(child));
  return child;
}

/** Ends a program and waits until it has ended; resolves with its code, null when a signal ended it. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill(signal);
  return ended;
}

/** Seconds of processor time that a process has used, all its threads together. */
export function cpuSeconds(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${String(child.pid)}/stat`, 'utf8')
    .split(') ')[1]!
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Memory of a process in MiB: what it holds (VmRSS) or held at the most (VmHWM); 0 when it is gone. */
export function memoryOf(child: ChildProcess, field: 'VmRSS' | 'VmHWM'): number {
  try {
    const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
    return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
