import { Controller, Get, Module, Query, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { QueryQueueFullError, QueryTimeoutError } from '#libs/duckdb';
import { readConfig } from '../../config.js';
import { NestLog, openLog } from '../../logging.js';
import { ProcessModule } from '../../process.module.js';
import type { Answer } from '../answer.js';
import { createHttpApplication } from '../http-application.js';
import { HttpModule } from '../http.module.js';
import { chart, date, text, wholeNumber } from '../params.js';
import { ProblemError } from '../problem.js';

/** A schema with a parameter of each kind. */
export const kindsSchema = z.object({
  name: text('a name'),
  date: date().optional(),
  chart: chart().default('top200'),
  limit: wholeNumber(1, 1000, 10),
  offset: wholeNumber(0, 1_000_000, 0),
});

function json(value: unknown): Answer {
  return { body: Buffer.from(JSON.stringify(value)) };
}

/** Bytes of /try/large: more than the sockets of both sides hold. */
export const LARGE_BYTES = 32_000_000;

/** Routes that answer, fail and dawdle. */
@Controller('try')
export class TryController {
  @Get('kinds')
  kinds(@Query({ schema: kindsSchema }) query: object): Answer {
    return json(query);
  }

  @Get('latest')
  latest(): Answer {
    return { ...json([]), contentLocation: '/try/latest?date=2021-01-01' };
  }

  @Get('artist-not-found')
  artistNotFound(): Promise<Answer> {
    return Promise.reject(new ProblemError('artist-not-found', { detail: 'No row has the artist "Nobody".' }));
  }

  @Get('fault')
  fault(): Answer {
    throw new Error('password=hunter2 is wrong');
  }

  @Get('full')
  full(): Answer {
    throw new QueryQueueFullError('1000 queries wait already');
  }

  @Get('timeout')
  timeout(): Answer {
    throw new QueryTimeoutError('longer than 5000 ms');
  }

  @Get('large')
  large(): Answer {
    return { body: Buffer.alloc(LARGE_BYTES, ' ') };
  }

  @Get('slow')
  async slow(@Query({ schema: z.object({ ms: wholeNumber(0, 5000, 300) }) }) { ms }: { ms: number }): Promise<Answer> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return json({ slept: ms });
  }
}

/** An application of the HTTP layer with routes made for tests, and the lines that it logs. */
export interface HttpApp {
  readonly app: NestFastifyApplication;
  /** Log lines so far, parsed. */
  readonly lines: () => Record<string, unknown>[];
}

/** What a test adds its imports to. */
@Module({})
class TestedModule {}

@Module({ controllers: [TryController] })
class TryModule {}

/** The HTTP layer with {@link TryController} or another module, which does not listen yet. */
export async function makeHttpApp(
  environment: Readonly<Record<string, string>> = {},
  content: Type = TryModule,
): Promise<HttpApp> {
  const config = readConfig(environment);
  const written: string[] = [];
  const log = openLog(config.log, { stream: { write: (line) => void written.push(line) }, close: () => undefined });
  const imports = [ProcessModule.with(config, log), HttpModule, content];
  const app = await createHttpApplication({ module: TestedModule, imports }, config, new NestLog(log));
  return { app, lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

/** Starts what {@link makeHttpApp} makes on a free port of 127.0.0.1. */
export async function startHttpApp(...how: Parameters<typeof makeHttpApp>): Promise<HttpApp> {
  const made = await makeHttpApp(...how);
  await made.app.listen(0, '127.0.0.1');
  return made;
}
