import { Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../config.js';
import { Dataset } from '../dataset/dataset.js';
import { DatasetModule } from '../dataset/dataset.module.js';
import { LOG } from '../logging.js';
import { Metrics } from '../metrics/metrics.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { AnswerCache } from './answer-cache.js';
import { openStore } from './open-store.js';

/** The cache of answers. */
@Module({
  imports: [DatasetModule, MetricsModule],
  providers: [
    {
      provide: AnswerCache,
      inject: [CONFIG, LOG, Dataset, Metrics],
      useFactory: async (config: Config, log: Logger, dataset: Dataset, metrics: Metrics) =>
        new AnswerCache(config, dataset, metrics, await openStore(config, log)),
    },
  ],
  exports: [AnswerCache],
})
export class CacheModule {}
