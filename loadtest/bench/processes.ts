import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
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

/** Starts a program of Node on one processor, where the system can pin it. */
export function startPinned(
  cpu: number,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): ChildProcess {
  const pins = spawnSync('taskset', ['-V']).status === 0;
  const command = pins ? 'taskset' : process.execPath;
  const rest = pins ? ['-c', String(cpu), process.execPath, ...args] : args;
  return spawn(command, rest, { env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'inherit'] });
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
