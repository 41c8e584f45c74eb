import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** What `redis-server` is started with besides its port: its directives, such as `{ requirepass: 'x' }`. */
export type Directives = Readonly<Record<string, string | readonly string[]>>;

const START_MS = 10_000;
const POLL_MS = 25;

/** A real redis-server on a port of 127.0.0.1, with no data of its own; the program has to be on the PATH. */
export class RedisServer {
  private process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly dir: string,
    private readonly directives: Directives,
  ) {}

  /** A server on a free port that does not run yet; directives that name files are made for its folder. */
  static async at(directives: Directives | ((dir: string) => Directives) = {}): Promise<RedisServer> {
    const dir = mkdtempSync(join(tmpdir(), 'redis-'));
    return new RedisServer(await freePort(), dir, typeof directives === 'function' ? directives(dir) : directives);
  }

  /** A server that answers. */
  static async started(directives: Directives | ((dir: string) => Directives) = {}): Promise<RedisServer> {
    const server = await RedisServer.at(directives);
    await server.start();
    return server;
  }

  /** A sentinel, and the whole quorum, that watches a server under a name. */
  static async sentinel(name: string, master: RedisServer, password: string): Promise<RedisServer> {
    const server = await RedisServer.at();
    const file = join(server.dir, 'sentinel.conf');
    const lines = [
      ...[`port ${server.port}`, 'bind 127.0.0.1', `dir ${server.dir}`],
      ...[`sentinel monitor ${name} 127.0.0.1 ${master.port} 1`, `sentinel auth-pass ${name} ${password}`],
    ];
    writeFileSync(file, lines.join('\n'));
    await server.launch([file, '--sentinel']);
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, and again after {@link kill}; resolves when it listens. */
  async start(): Promise<void> {
    const ports =
      'tls-port' in this.directives ? { port: '0', 'tls-port': String(this.port) } : { port: String(this.port) };
    const settings: Directives = { save: '', bind: '127.0.0.1', dir: this.dir, ...this.directives, ...ports };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...[value].flat()]);
    await this.launch(args);
  }

  private async launch(args: readonly string[]): Promise<void> {
    this.process = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ready = new Promise<void>((resolve, reject) => {
      let output = '';
      this.process?.stdout?.on('data', (text: Buffer) => {
        output += text.toString();
        if (/Ready to accept connections|Running mode=sentinel/.test(output)) resolve();
      });
      this.process?.once('error', reject);
      this.process?.once('exit', () => reject(new Error(`redis-server ended: ${output}`)));
      setTimeout(() => reject(new Error(`redis-server is not ready: ${output}`)), START_MS).unref();
    });
    await ready;
  }

  /** Stops its answering without closing a connection, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.process?.kill(signal);
  }

  /** Ends it like a crash. */
  async kill(): Promise<void> {
    const { process } = this;
    this.process = undefined;
    if (!process || process.exitCode !== null) return;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    process.kill('SIGKILL');
    await ended;
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** The bytes under a key, none when there is none. */
  async read(key: string): Promise<Buffer> {
    const client = new Redis(this.port, '127.0.0.1', { retryStrategy: null });
    try {
      return (await client.getBuffer(key)) ?? Buffer.alloc(0);
    } finally {
      client.disconnect();
    }
  }

  /** Runs commands as an administrator and gives the last reply. */
  async run(...commands: readonly (readonly [name: string, ...args: (string | Buffer)[]])[]): Promise<unknown> {
    const client = new Redis(this.port, '127.0.0.1', { lazyConnect: true, retryStrategy: null });
    try {
      await client.connect();
      let reply: unknown;
      for (const [name, ...args] of commands) reply = await client.call(name, args);
      return reply;
    } finally {
      client.disconnect();
    }
  }
}

/** Resolves when a condition holds; throws after some seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, mostMs = START_MS): Promise<void> {
  const end = performance.now() + mostMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${mostMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Paths of a certificate for 127.0.0.1 and its key, made in a folder, signed by itself. Needs openssl on the PATH. */
export function makeCertificate(dir: string): { readonly cert: string; readonly key: string } {
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=cache.example', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
  ]);
  if (made.status !== 0) throw new Error(`openssl cannot make a certificate: ${made.stderr?.toString()}`);
  return { cert, key };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
