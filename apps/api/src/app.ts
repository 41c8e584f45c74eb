import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import type { Config } from './config.js';
import { AccessGate } from './http/access-gate.js';
import { HotPath } from './http/hot-path.js';
import { createHttpApplication } from './http/http-application.js';
import { Listings } from './http/listings.js';
import { NestLog, openLog, type Log } from './logging.js';

/** The application as it runs in production, not yet listening. Rejects when a part cannot be made. */
export async function createApp(config: Config, log: Log = openLog(config.log)): Promise<NestFastifyApplication> {
  const gate = config.access.keysFile === undefined ? undefined : () => app.get(AccessGate);
  const lists = { hotPath: () => app.get(HotPath), listings: () => app.get(Listings), gate };
  const app: NestFastifyApplication = await createHttpApplication(
    AppModule.with(config, log),
    config,
    new NestLog(log),
    lists,
  );
  return app;
}
