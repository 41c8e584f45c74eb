import type { DynamicModule, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '../config.js';
import { Connections } from '../lifecycle/connections.js';
import { AnswerAdapter } from './answer-adapter.js';
import { Exchanges } from './exchanges.js';
import { createServer } from './server.js';

const EXPOSED_HEADERS = ['X-Request-Id', 'Server-Timing', 'Content-Location', 'Retry-After'];
const PREFLIGHT_SECONDS = 86_400;

/** A Nest application over the Fastify instance of this folder, not yet listening; its module must import HttpModule. */
export async function createHttpApplication(
  module: DynamicModule,
  config: Config,
  logger: LoggerService,
): Promise<NestFastifyApplication> {
  const adapter = new AnswerAdapter(createServer(config, () => app.get(Exchanges)));
  const app: NestFastifyApplication = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    // Without this Nest ends the process itself when a part cannot be made.
    abortOnError: false,
    bodyParser: false,
    logger,
  });
  app.get(Connections).watch(app.getHttpServer());
  const { corsOrigins } = config.server;
  app.enableCors({
    origin: corsOrigins.includes('*') ? '*' : [...corsOrigins],
    methods: ['GET', 'HEAD'],
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
    strictPreflight: false,
  });
  return app;
}
