import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { ClusterSettings } from './settings.js';

/** What a command printed and ended with. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs kubectl, Helm and what has to run where the ingress can be reached. */
export class Shell {
  constructor(private readonly settings: ClusterSettings) {}

  /** What kubectl prints. Throws with what it says when it fails. */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    return must(await this.tryKubectl(args, input), `kubectl ${args.join(' ')}`);
  }

  /** As {@link kubectl}, for commands that may fail. */
  tryKubectl(args: readonly string[], input?: string): Promise<Ran> {
    return run([...words(this.settings.E2E_KUBECTL), ...args], {}, input);
  }

  /** What Helm prints. Throws with what it says when it fails. */
  async helm(args: readonly string[], input?: string): Promise<string> {
    return must(await run([...words(this.settings.E2E_HELM), ...args], {}, input), `helm ${args.join(' ')}`);
  }

  /** What a line of a POSIX shell prints on the node. Throws with what it says when it fails. */
  async onNode(line: string): Promise<string> {
    return must(await run([...words(this.settings.E2E_NODE), 'sh', '-c', line], {}), line);
  }

  /** A command, started where the ingress can be reached. */
  entered(command: readonly string[], env: Readonly<Record<string, string>>) {
    return start([...words(this.settings.E2E_ENTER), ...command], env);
  }

  /** Applies objects. */
  async apply(objects: readonly object[]): Promise<void> {
    await this.kubectl(['apply', '--filename', '-'], objects.map((object) => JSON.stringify(object)).join('\n'));
  }
}

/** Runs a line of a POSIX shell, its output shown. Throws when it fails. */
export async function runLine(line: string): Promise<void> {
  const child = spawn('sh', ['-c', line], { stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`${line} ended with ${code}`);
}

function start(command: readonly string[], env: Readonly<Record<string, string>>) {
  const [program, ...args] = command;
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const ended = Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? -1));
    }),
  ]).then(([out, err, code]): Ran => ({ code, out, err }));
  return { child, ended };
}

function run(command: readonly string[], env: Readonly<Record<string, string>>, input = ''): Promise<Ran> {
  const { child, ended } = start(command, env);
  // A command that does not read its input ends the pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return ended;
}

function must({ code, out, err }: Ran, what: string): string {
  if (code !== 0) throw new Error(`${what} ended with ${code}: ${err.trim() || out.trim()}`);
  return out;
}

function words(command: string): string[] {
  return command.split(/\s+/).filter((word) => word !== '');
}
