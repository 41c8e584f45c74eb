import { Module } from '@nestjs/common';
import { DatasetModule } from '../dataset/dataset.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { AnswerCache } from './answer-cache.js';

/** The cache of answers. */
@Module({ imports: [DatasetModule, MetricsModule], providers: [AnswerCache], exports: [AnswerCache] })
export class CacheModule {}
