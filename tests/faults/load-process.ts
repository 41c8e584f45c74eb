import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Histogram } from '../../loadtest/generator/histogram.js';
import type { LoadPlan, LoadResult } from '../../loadtest/generator/plan.js';
import { ROOT } from '../setup/tree.js';
import type { SteadyPlan, SteadyResult } from './steady-requests.js';

/** Cores that the service and what asks it run on, apart where the system can pin processes. */
const SERVICE_CORE = 0;
const GENERATOR_CORE = 1;
const PINS = spawnSync('taskset', ['-V']).status === 0;
/** Longer than any test: such requests are stopped. */
const STEADY_SECONDS = 600;

/** Keeps a service on a core of its own, where the system can. */
export function pinService(pid: number): void {
  if (PINS) spawnSync('taskset', ['-acp', String(SERVICE_CORE), String(pid)]);
}

/** What all load on a service of this machine has in common: GETs of a list of paths, from the start again, that are to be answered 200. */
export function asking(port: number, paths: readonly string[]) {
  return {
    ...{ host: '127.0.0.1', port, maxRequests: 100_000_000, statuses: [200], observe: false },
    requests: { kind: 'list', method: 'GET', headers: {}, paths, repeat: true },
  } as const satisfies Partial<LoadPlan>;
}

/** The load generator in a process of its own: what else a test does keeps it from nothing, and it nothing else. */
export class LoadProcess {
  readonly result: Promise<LoadResult>;

  private constructor(private readonly child: ChildProcess) {
    this.result = this.read();
  }

  /** Starts to do what the plan says. */
  static start(plan: LoadPlan): LoadProcess {
    const program = join(ROOT, 'dist/loadtest/generator/main.js');
    const command = [...(PINS ? ['taskset', '-c', String(GENERATOR_CORE)] : []), process.execPath, program];
    const child = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(JSON.stringify(plan));
    return new LoadProcess(child);
  }

  /** Has it send no more; resolves with what came of it once all is answered. */
  stop(): Promise<LoadResult> {
    this.child.kill('SIGTERM');
    return this.result;
  }

  private async read(): Promise<LoadResult> {
    const ended = once(this.child, 'exit');
    const answer = await text(this.child.stdout!);
    await ended;
    return JSON.parse(answer) as LoadResult;
  }
}

/** Requests at a constant rate from a process of its own, for a list of paths in turn, until they are stopped. */
export class SteadyLoad {
  private readonly load: LoadProcess;

  constructor(plan: Pick<SteadyPlan, 'port' | 'requestsPerSecond' | 'connections'> & { paths: readonly string[] }) {
    const { port, requestsPerSecond, connections = 16, paths } = plan;
    this.load = LoadProcess.start({
      ...asking(port, paths),
      seconds: STEADY_SECONDS,
      model: { kind: 'open', connections, requestsPerSecond, openFirst: true, inTurn: true },
    });
  }

  /** Sends no more, waits for what is under way, and tells what came. */
  async stop(): Promise<SteadyResult> {
    const { requests: answered, errors, latency: taken } = await this.load.stop();
    const failed = Object.values(errors).reduce((sum, one) => sum + one, 0);
    const latency = new Histogram().add(taken);
    return { sent: answered + failed, answered, failed, errors, latency, worstMs: latency.maxUs / 1000 };
  }
}
