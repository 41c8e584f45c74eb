import { Module } from '@nestjs/common';
import { CacheModule } from '../cache/cache.module.js';
import { DatasetModule } from '../dataset/dataset.module.js';
import { LifecycleModule } from '../lifecycle/lifecycle.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { AnswerWriter } from './answer-writer.js';
import { HotPath } from './hot-path.js';
import { Listings } from './listings.js';
import { RequestLog } from './request-log.js';

/** How lists are answered: representation, cache, and the way past the framework. */
@Module({
  imports: [CacheModule, DatasetModule, LifecycleModule, MetricsModule],
  providers: [AnswerWriter, HotPath, Listings, RequestLog],
  exports: [HotPath, Listings],
})
export class ListingsModule {}
