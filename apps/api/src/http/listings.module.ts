import { Module } from '@nestjs/common';
import { CacheModule } from '../cache/cache.module.js';
import { DatasetModule } from '../dataset/dataset.module.js';
import { LifecycleModule } from '../lifecycle/lifecycle.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { Admission } from './admission.js';
import { AnswerWriter } from './answer-writer.js';
import { EarlyExchanges } from './early-exchanges.js';
import { HotPath } from './hot-path.js';
import { HttpModule } from './http.module.js';
import { ListRoutes } from './list-routes.js';
import { Listings } from './listings.js';
import { Questions } from './questions.js';
import { Refusals } from './refusals.js';

/** How lists are answered: representation, cache, and the way past the framework. */
@Module({
  imports: [CacheModule, DatasetModule, HttpModule, LifecycleModule, MetricsModule],
  providers: [Admission, AnswerWriter, EarlyExchanges, HotPath, ListRoutes, Listings, Questions, Refusals],
  exports: [HotPath, ListRoutes, Listings],
})
export class ListingsModule {}
