import { text } from 'node:stream/consumers';
import { Histogram } from '../generator/histogram.js';
import type { LoadPlan, LoadResult } from '../generator/plan.js';
import { CLIENT_CPU, cpuSeconds, memoryOf, startProgram } from './processes.js';
import type { Server } from './servers.js';

/** What a server did during a run, and what it took. */
export interface Measured {
  readonly requestsPerSecond: number;
  /** Processor time of the server per request, all its threads together. */
  readonly cpuUs: number;
  /** Share of the run in which the server, and the generator, had a core at work. */
  readonly serverBusy: number;
  readonly generatorBusy: number;
  readonly rssMb: number;
  readonly logLines: number;
  readonly latency: Histogram;
  readonly serverTime: Histogram;
  readonly load: LoadResult;
}

/** What a plan says beyond its bounds. */
export type Plan = Pick<LoadPlan, 'requests' | 'model'> & Partial<LoadPlan>;

const DEFAULTS = { host: '127.0.0.1', seconds: 3, maxRequests: 100_000_000, statuses: [200], observe: false } as const;

/** Runs the generator in a process of its own, on the other core. Throws with what it said when it fails. */
export async function generate(plan: LoadPlan): Promise<LoadResult> {
  const command = [process.execPath, '--max-semi-space-size=8', 'dist/loadtest/generator/main.js'] as const;
  const child = startProgram(CLIENT_CPU, command, {}, ['pipe', 'pipe', 'inherit']);
  child.stdin!.end(JSON.stringify(plan));
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const answer = await text(child.stdout!);
  const code = await ended;
  if (code !== 0) throw new Error(`the load generator ended with ${String(code)}`);
  return JSON.parse(answer) as LoadResult;
}

/** Puts load on a server and tells what it took. Throws when an answer was wrong, unless `errorsAllowed`. */
export async function measure(server: Server, plan: Plan, errorsAllowed = false): Promise<Measured> {
  await server.takeLogLines();
  const before = cpuSeconds(server.child);
  const load = await generate({ ...DEFAULTS, ...plan, port: server.port });
  const { requests, seconds, errors } = load;
  const { exitCode, signalCode } = server.child;
  const ended = exitCode ?? signalCode;
  if ((!errorsAllowed && Object.keys(errors).length > 0) || requests === 0 || ended !== null)
    throw new Error(
      `${server.name}: ${requests} right answers, errors: ${JSON.stringify(errors)}${ended === null ? '' : `, ended with ${ended}`}\n${server.lastLogLines()}`,
    );
  const usedSeconds = cpuSeconds(server.child) - before;
  return {
    requestsPerSecond: requests / seconds,
    cpuUs: (usedSeconds / requests) * 1e6,
    serverBusy: usedSeconds / seconds,
    generatorBusy: load.cpuSeconds / seconds,
    rssMb: memoryOf(server.child, 'VmRSS'),
    logLines: await server.takeLogLines(),
    latency: new Histogram().add(load.latency),
    serverTime: new Histogram().add(load.serverTime),
    load,
  };
}

/** A plan that keeps so many connections busy with these paths. */
export function closed(
  paths: readonly string[],
  { connections = 64, repeat = true, headers = {}, ...rest }: ClosedOptions = {},
): Plan {
  return {
    model: { kind: 'closed', connections },
    requests: { kind: 'list', method: 'GET', paths, repeat, headers },
    ...rest,
  };
}

interface ClosedOptions extends Partial<LoadPlan> {
  readonly connections?: number;
  readonly repeat?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}
