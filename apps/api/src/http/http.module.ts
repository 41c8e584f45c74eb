import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { LifecycleModule } from '../lifecycle/lifecycle.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { Exchanges } from './exchanges.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestLog } from './request-log.js';
import { QueryValidation } from './validation.js';

/** What all requests have in common; the filter and the pipe hold for every route. */
@Module({
  imports: [LifecycleModule, MetricsModule],
  providers: [
    Exchanges,
    RequestLog,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: QueryValidation },
  ],
  exports: [Exchanges, RequestLog],
})
export class HttpModule {}
