import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { get as getOnce } from '../../loadtest/bench/http-get.js';
import { freePort, until } from '../../loadtest/bench/ports.js';
import { programPath, type Program } from './built-program.js';
import { ROOT } from './tree.js';

/** What a request made in the server. */
export interface RequestCost {
  /** Allocated on the JavaScript heap, on average. */
  readonly bytes: number;
  /** Asynchronous resources by their type (`PROMISE`, `TickObject`, `Timeout`), on average. */
  readonly hops: Readonly<Record<string, number>>;
}

/** An answer with its headers, also as names and values in turn. */
export interface MeasuredAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** What is asked: a path and headers. */
export interface Asked {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Without the compilers, which leave out allocations or not depending on when they are done, a request allocates the same
 * bytes each time; and in a young generation so large that nothing is collected, they can be read off.
 */
const FLAGS = ['--jitless', '--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'];
const PROBE = join(import.meta.dirname, 'request-cost-probe.mjs');
const WARM_UP = 300;
const REQUESTS = 500;
const ROUNDS = 3;

/** A compiled server in a process of its own that tells what requests allocate in it. It is asked one request at a time. */
export class MeasuredServer {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
  ) {}

  /**
   * Starts a compiled program and waits until it answers: the service first looks with a socket of its own whether the port
   * is free, and resets who connects to that one. `told` says how it learns its port. Rejects when
   * it ends before that.
   */
  static async start(
    program: Program,
    told: (port: number) => { readonly args?: readonly string[]; readonly environment?: NodeJS.ProcessEnv },
  ): Promise<MeasuredServer> {
    const port = await freePort();
    const { args = [], environment } = told(port);
    const child = fork(programPath(program), args, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      execArgv: [...FLAGS, '--import', PROBE],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await until(child, program, () => answers(port));
    return new MeasuredServer(child, port);
  }

  ask({ path, headers = {} }: Asked): Promise<MeasuredAnswer> {
    return new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: this.port, path, headers, agent: this.agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode, rawHeaders } = response;
          resolve({ status: statusCode!, headers: response.headers, rawHeaders, body: Buffer.concat(chunks) });
        });
      }).on('error', reject);
    });
  }

  /**
   * What a request costs, once everything is as it stays; its bytes as the median of a few rounds. Rejects when the heap
   * shrank: a request that has so much collected cannot be measured this way.
   */
  async costOf(asked: Asked): Promise<RequestCost> {
    await this.repeat(asked, WARM_UP);
    const bytes: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = await this.probe('collect');
      await this.repeat(asked, REQUESTS);
      bytes.push(((await this.probe('read')) - before) / REQUESTS);
    }
    bytes.sort((a, b) => a - b);
    if (bytes[0]! <= 0) throw new Error(`garbage was collected while requests to ${asked.path} were measured`);
    return { bytes: bytes[ROUNDS >> 1]!, hops: await this.hopsOf(asked) };
  }

  /** The asynchronous resources of a request alone. */
  async hopsOf(asked: Asked): Promise<RequestCost['hops']> {
    const before = await this.probe<Record<string, number>>('counted');
    await this.probe('count');
    await this.repeat(asked, REQUESTS);
    const after = await this.probe<Record<string, number>>('counted');
    return Object.fromEntries(
      Object.entries(after).map(([type, count]) => [type, (count - (before[type] ?? 0)) / REQUESTS]),
    );
  }

  async stop(): Promise<void> {
    this.agent.destroy();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  private async repeat(asked: Asked, times: number): Promise<void> {
    for (let i = 0; i < times; i++) await this.ask(asked);
  }

  private async probe<T = number>(question: string): Promise<T> {
    this.child.send(question);
    const [{ answer }] = (await once(this.child, 'message')) as [{ answer: T }];
    return answer;
  }
}

function answers(port: number): Promise<boolean> {
  return getOnce(port, '/').then(
    () => true,
    () => false,
  );
}
