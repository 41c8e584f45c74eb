import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DatasetError } from '#libs/catalog';
import { newKey, UsageError } from './access/new-key.js';
import { createApp } from './app.js';
import { ConfigError, readConfig, type Config } from './config.js';
import { Dataset } from './dataset/dataset.js';
import { ManagementServer } from './health/management-server.js';
import { Acceptors } from './lifecycle/acceptors.js';
import { Connections } from './lifecycle/connections.js';
import { stop } from './lifecycle/stop.js';
import { openLog, type Log } from './logging.js';
import { usage } from './usage.js';

/** EX_CONFIG of sysexits: what the service was given cannot be used, so starting it again will not help. */
const EXIT_CONFIG = 78;
/** EX_USAGE of sysexits: the arguments are wrong. */
const EXIT_USAGE = 64;

/** Stops the service; SIGINT (Ctrl-C) does not wait for balancers. */
export type Stop = (signal: 'SIGTERM' | 'SIGINT') => void;

/** The process that the service runs in. */
export interface ServiceProcess {
  readonly arguments: readonly string[];
  /** Told how the service is stopped, before its first request can come. */
  readonly stopsWith: (stop: Stop) => void;
  /** Ends the process. */
  readonly exit: (code: number) => void;
}

/** Starts the service as the environment says; whatever comes of it, the process is ended with a sentence and a code. */
export async function startService(own: ServiceProcess): Promise<void> {
  try {
    await run(own);
  } catch (error) {
    const [text, code] = explain(error);
    process.stderr.write(`${text}\n`);
    own.exit(code);
  }
}

async function run(own: ServiceProcess): Promise<void> {
  if (own.arguments.includes('--help') || own.arguments.includes('-h')) {
    process.stdout.write(usage());
    return;
  }
  if (own.arguments[2] === 'new-key') {
    makeKey(own.arguments[3], own.arguments[4]);
    return;
  }
  const config = readConfig();
  const log = openLog(config.log);
  const end = new End(own, log);
  process.on('uncaughtException', (error) => void end.withFault(error));
  process.on('unhandledRejection', (error) => void end.withFault(error));
  try {
    const app = await createApp(config, log);
    const managementPort = await app.get(ManagementServer).listen();
    await app.init();
    own.stopsWith((signal) => end.after(app, signal, config.shutdown));
    await listen(app, config, log, managementPort);
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function listen(
  app: NestFastifyApplication,
  { server, dataset }: Config,
  { logger }: Log,
  managementPort: number,
): Promise<void> {
  await app.get(Acceptors).listen(app.getHttpServer(), server, (options) => app.listen(options));
  const { version, rows, firstDate, lastDate } = app.get(Dataset).manifest;
  logger.info({ version, entries: rows.entries, firstDate, lastDate }, `serving the dataset of ${dataset.dir}`);
  const url = await app.getUrl();
  logger.info(`listening on ${url}, described at ${url}/docs`);
  logger.info(`probes and metrics on port ${managementPort}`);
}

/** The ways in which the process ends once it has a log. */
class End {
  constructor(
    private readonly own: ServiceProcess,
    private readonly log: Log,
  ) {}

  /** With what is in flight answered, or when the deadline has passed. */
  after(app: NestFastifyApplication, signal: 'SIGTERM' | 'SIGINT', { drainMs, deadlineMs }: Config['shutdown']): void {
    this.log.logger.info(`${signal}: stopping; the same again ends at once`);
    setTimeout(() => void this.overdue(app, deadlineMs), deadlineMs).unref();
    stop(app, signal === 'SIGTERM' ? drainMs : 0).then(
      () => this.finish(0, 'stopped'),
      (error: unknown) => this.withFault(error),
    );
  }

  async withFault(error: unknown): Promise<void> {
    this.log.logger.fatal({ err: error }, 'fatal error');
    await this.finish(1, 'ending');
  }

  private async overdue(app: NestFastifyApplication, deadlineMs: number): Promise<void> {
    const { open, requests } = app.get(Connections);
    this.log.logger.error({ connections: open, requests }, `not stopped after ${deadlineMs} ms`);
    await this.finish(1, 'ending anyway');
  }

  private async finish(code: number, message: string): Promise<void> {
    this.log.logger.info(message);
    await this.log.close();
    this.own.exit(code);
  }
}

/** The line of a new key goes to the output, to be added to the file of keys, and the key itself beside it. */
function makeKey(name: string | undefined, limit: string | undefined): void {
  const { key, line } = newKey(name, limit);
  process.stderr.write(`The key, which is not kept anywhere: ${key}\nThe line for API_KEYS_FILE:\n`);
  process.stdout.write(`${line}\n`);
}

/** What to print for an error of the start, and the code to end with: a sentence where the user can do something about it. */
function explain(error: unknown): readonly [text: string, code: number] {
  if (error instanceof ConfigError || error instanceof DatasetError) return [error.message, EXIT_CONFIG];
  if (error instanceof UsageError) return [error.message, EXIT_USAGE];
  const { syscall, code, stack } = error as NodeJS.ErrnoException;
  if (syscall === 'listen') {
    const { message } = error as Error;
    return [`Cannot listen (${message}). Set PORT and MANAGEMENT_PORT to ports that are free and allowed.`, 1];
  }
  return [stack ?? `${String(error)} ${code ?? ''}`, 1];
}
