import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DatasetError } from '#libs/catalog';
import { createApp } from './app.js';
import { ConfigError, readConfig, type Config } from './config.js';
import { Dataset } from './dataset/dataset.js';
import { ManagementServer } from './health/management-server.js';
import { Connections } from './lifecycle/connections.js';
import { stop } from './lifecycle/stop.js';
import { openLog, type Log } from './logging.js';
import { usage } from './usage.js';

/** EX_CONFIG of sysexits: what the service was given cannot be used, so starting it again will not help. */
const EXIT_CONFIG = 78;

async function main(): Promise<void> {
  if (process.argv.includes('--help') || process.argv.includes('-h')) {
    process.stdout.write(usage());
    return;
  }
  const config = readConfig();
  const log = openLog(config.log);
  process.on('uncaughtException', (error) => void fail(error, log));
  process.on('unhandledRejection', (error) => void fail(error, log));
  try {
    const app = await createApp(config, log);
    stopOnSignals(app, config, log);
    await start(app, config, log);
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function start(app: NestFastifyApplication, { server, dataset }: Config, { logger }: Log): Promise<void> {
  const managementPort = await app.get(ManagementServer).listen();
  await app.listen(server.port, server.host);
  const { version, rows, firstDate, lastDate } = app.get(Dataset).manifest;
  logger.info({ version, entries: rows.entries, firstDate, lastDate }, `serving the dataset of ${dataset.dir}`);
  const url = await app.getUrl();
  logger.info(`listening on ${url}, described at ${url}/docs`);
  logger.info(`probes and metrics on port ${managementPort}`);
}

function stopOnSignals(app: NestFastifyApplication, { shutdown }: Config, log: Log): void {
  let stopping = false;
  for (const [signal, number, waitMs] of [
    ['SIGTERM', 15, shutdown.drainMs],
    ['SIGINT', 2, 0],
  ] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(128 + number);
      stopping = true;
      log.logger.info(`${signal}: stopping; the same again ends at once`);
      setTimeout(() => void overdue(app, shutdown.deadlineMs, log), shutdown.deadlineMs).unref();
      stop(app, waitMs).then(
        () => finish(0, 'stopped', log),
        (error: unknown) => fail(error, log),
      );
    });
  }
}

async function overdue(app: NestFastifyApplication, deadlineMs: number, log: Log): Promise<void> {
  const { open, requests } = app.get(Connections);
  log.logger.error({ connections: open, requests }, `not stopped after ${deadlineMs} ms`);
  await finish(1, 'ending anyway', log);
}

async function fail(error: unknown, log: Log): Promise<void> {
  log.logger.fatal({ err: error }, 'fatal error');
  await finish(1, 'ending', log);
}

async function finish(code: number, message: string, log: Log): Promise<void> {
  log.logger.info(message);
  await log.close();
  process.exit(code);
}

/** What to print for an error of the start, and the code to end with: a sentence where the user can do something about it. */
function explain(error: unknown): readonly [text: string, code: number] {
  if (error instanceof ConfigError || error instanceof DatasetError) return [error.message, EXIT_CONFIG];
  const { syscall, code, stack } = error as NodeJS.ErrnoException;
  if (syscall === 'listen') {
    const { message } = error as Error;
    return [`Cannot listen (${message}). Set PORT and MANAGEMENT_PORT to ports that are free and allowed.`, 1];
  }
  return [stack ?? `${String(error)} ${code ?? ''}`, 1];
}

main().catch((error: unknown) => {
  const [text, code] = explain(error);
  process.stderr.write(`${text}\n`);
  process.exit(code);
});
