import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import type { Config } from './config.js';
import { createHttpApplication } from './http/http-application.js';
import { NestLog, openLog, type Log } from './logging.js';

/** The application as it runs in production, its dataset open, not yet listening. Rejects when a part cannot be made. */
export function createApp(config: Config, log: Log = openLog(config.log)): Promise<NestFastifyApplication> {
  return createHttpApplication(AppModule.with(config, log), config, new NestLog(log));
}
