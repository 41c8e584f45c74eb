import type { DynamicModule, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config.js';
import { Connections } from '../lifecycle/connections.js';
import { AnswerAdapter } from './answer-adapter.js';
import type { AccessGate } from './access-gate.js';
import { exposedHeaders } from './answer-writer.js';
import { Exchanges } from './exchanges.js';
import type { HotPath } from './hot-path.js';
import type { Listings } from './listings.js';
import { createServer } from './server.js';

const PREFLIGHT_SECONDS = 86_400;

/** What answers lists; asked for at the first request, when Nest has made it. */
export interface ListAnswers {
  readonly hotPath: () => HotPath;
  readonly listings: () => Listings;
  /** What asks for API keys, where that is done. */
  readonly gate: (() => AccessGate) | undefined;
}

/** A Nest application over the Fastify instance of this folder, not yet listening; its module must import HttpModule. */
export async function createHttpApplication(
  module: DynamicModule,
  config: Config,
  logger: LoggerService,
  lists?: ListAnswers,
): Promise<NestFastifyApplication> {
  const adapter = new AnswerAdapter(
    createServer(config, () => app.get(Exchanges), lists?.hotPath, lists?.gate),
    lists?.listings,
  );
  const app: NestFastifyApplication = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    // Without this Nest ends the process itself when a part cannot be made.
    abortOnError: false,
    bodyParser: false,
    logger,
  });
  const connections = app.get(Connections);
  connections.watch(app.getHttpServer());
  connections.limitOpen(app.getHttpServer(), config.overload.maxConnections);
  connections.limitAge(app.getHttpServer(), config.server.connectionMaxAgeMs);
  const { corsOrigins } = config.server;
  app.enableCors({
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    methods: ['GET', 'HEAD'],
    exposedHeaders: [...exposedHeaders(config)],
    maxAge: PREFLIGHT_SECONDS,
    strictPreflight: false,
  });
  return app;
}
