import { Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { openLimitsClient } from '../cache/open-store.js';
import { CONFIG, type Config } from '../config.js';
import { LOG } from '../logging.js';
import { Metrics } from '../metrics/metrics.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { Access } from './access.js';
import { KeyWatch } from './key-watch.js';
import type { LocalReason } from './quota.js';

/** The check of API keys; imported only where there is a file of keys. */
@Module({
  imports: [MetricsModule],
  providers: [{ provide: Access, inject: [CONFIG, LOG, Metrics], useFactory: openAccess }],
  exports: [Access],
})
export class AccessModule {}

/** Throws {@link ConfigError} with the faults of the file of keys. */
async function openAccess(config: Config, log: Logger, metrics: Metrics): Promise<Access> {
  const watch = new KeyWatch(config.access.keysFile!);
  const { keyPrefix, redis } = config.cache;
  const client = await openLimitsClient(config, log);
  // Loaded only when it is used: 11 MB.
  const { RateLimits } = await import('./rate-limits.js');
  const onLocal = (reason: LocalReason) => access.countedLocally(reason);
  const limits = new RateLimits(
    client && { client: client.client, keyPrefix: `${keyPrefix}limit`, timeoutMs: redis!.timeoutMs, onLocal },
  );
  const take = (name: string, limit: number) => limits.take(name, limit);
  const access = new Access({ watch, take, log, close: () => client?.close() });
  metrics.watchAccess(() => access.state);
  return access;
}
