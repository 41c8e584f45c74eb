import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, resolve } from 'node:path';
import { Logger as NestPinoLogger, PinoLogger, type Params } from 'nestjs-pino';
import { destination, multistream, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import type * as Pretty from 'pino-pretty';
import { createStream } from 'rotating-file-stream';
import { ConfigError, type Config } from './config.js';

/** Injection token of the process's pino logger. */
export const LOG = Symbol('LOG');
/** Injection token of {@link Log.write}. */
export const LOG_LINE = Symbol('LOG_LINE');

type LogConfig = Config['log'];

/** The log of the process. */
export interface Log {
  readonly logger: Logger;
  /** Writes a line of JSON, its end included, that was made elsewhere; it goes wherever the logger's lines go. */
  readonly write: (line: string) => void;
  /** Writes out what is still held back; to be awaited before the process ends. */
  close(): Promise<void>;
}

interface Sink {
  readonly stream: DestinationStream;
  close(): Promise<void> | void;
}

/** Lines gather for at most this long or this much before they are written: a write for each costs more than the line. */
const FLUSH_MS = 200;
const FLUSH_BYTES = 32_768;
const MAX_WRITE_BYTES = 65_536;

const SECRETS = ['authorization', 'cookie', '["set-cookie"]', '["proxy-authorization"]', '["x-api-key"]'];

/**
 * Opens the log: the console, and a file that is rotated by size when one is configured. Throws {@link ConfigError} when
 * the file cannot be written.
 */
export function openLog(config: LogConfig, console: Sink = consoleSink(config)): Log {
  const sinks = config.file === undefined ? [console] : [console, fileSink(config.file, config, console)];
  const lines = gatherLines((text) => sinks.forEach(({ stream }) => stream.write(text)));
  const logger = pino(
    {
      level: config.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: SECRETS.flatMap((name) => (name.startsWith('[') ? [`headers${name}`] : [name, `headers.${name}`])),
    },
    multistream(sinks.map(({ stream }) => ({ stream, level: 'trace' as const }))),
  );
  return {
    logger,
    write: lines.write,
    close: async () => {
      lines.flush();
      for (const sink of sinks) await sink.close();
    },
  };
}

/** Gathers lines into blocks, which cost the streams behind as much as a line. */
function gatherLines(write: (text: string) => void) {
  let pending = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (pending === '') return;
    const text = pending;
    pending = '';
    write(text);
  };
  return {
    flush,
    write: (line: string) => {
      pending += line;
      if (pending.length >= FLUSH_BYTES) flush();
      else timer ??= setTimeout(flush, FLUSH_MS);
    },
  };
}

/** The console: coloured lines for people on a terminal, JSON for machines otherwise. */
function consoleSink({ format }: LogConfig): Sink {
  if (format === 'pretty' || (format === 'auto' && process.stdout.isTTY))
    return { stream: prettyStream(), close: () => undefined };
  const stream = destination({
    dest: 1,
    sync: false,
    minLength: FLUSH_BYTES,
    maxWrite: MAX_WRITE_BYTES,
    periodicFlush: FLUSH_MS,
  });
  return { stream, close: () => stream.flushSync() };
}

function prettyStream(): DestinationStream {
  // Thirty modules that a service without a terminal has no use for.
  const { PinoPretty } = createRequire(import.meta.url)('pino-pretty') as typeof Pretty;
  return PinoPretty({
    colorize: process.stdout.isTTY,
    sync: true,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'method,url,route,status,durationMs,bytes,client,context',
    messageFormat: (line, key) => {
      const { method, url, status, durationMs, bytes, [key]: message } = line as Record<string, string | number>;
      return durationMs === undefined
        ? String(message)
        : `${method} ${url} ${status}, ${durationMs} ms, ${bytes} bytes`;
    },
  });
}

function fileSink(file: string, { fileMaxSize, fileKeep }: LogConfig, console: Sink): Sink {
  const path = resolve(file);
  try {
    mkdirSync(dirname(path), { recursive: true });
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw new ConfigError([
      `LOG_FILE=${JSON.stringify(file)}: must be a file that can be written (${(error as Error).message})`,
    ]);
  }
  const name = basename(path);
  const stream = createStream((index) => (index ? `${name}.${String(index)}` : name), {
    path: dirname(path),
    size: fileMaxSize,
    rotate: fileKeep,
  });
  let broken = false;
  stream.on('error', (error) => {
    if (!broken)
      console.stream.write(
        `${JSON.stringify({ level: 'error', msg: `LOG_FILE is not written any more: ${error.message}` })}\n`,
      );
    broken = true;
  });
  return {
    stream: { write: (line) => void (broken || stream.write(line)) },
    close: () => new Promise((done) => (broken ? done() : stream.end(() => done()))),
  };
}

/**
 * nestjs-pino over the given logger. Its own line per request is off: written by a middleware, it would know neither the
 * template of the route nor requests that end before Nest sees them. The line comes from http/exchanges.ts instead.
 */
export function loggerModuleOptions({ logger }: Log): Params {
  return { pinoHttp: { logger, autoLogging: false }, forRoutes: [] };
}

/** Where Nest speaks of its own start: true, but not what a start should print. A fault is thrown as well, and main tells it. */
const BOOT_CONTEXTS = [
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'ExceptionHandler',
];

/** Nest's logger over that of the process, with Nest's words on its own start at level debug. */
export class NestLog extends NestPinoLogger {
  constructor(log: Log) {
    const options = loggerModuleOptions(log);
    super(new PinoLogger(options), options);
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (isBoot(rest)) super.debug(message, ...rest);
    else super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (isBoot(rest)) super.debug(message, ...rest);
    else super.error(message, ...rest);
  }
}

/** Nest gives the context last. */
function isBoot(rest: readonly unknown[]): boolean {
  return BOOT_CONTEXTS.includes(String(rest.at(-1)));
}
