import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { Dataset } from './dataset.js';

/** The dataset that is served. */
@Module({ imports: [MetricsModule], providers: [Dataset], exports: [Dataset] })
export class DatasetModule {}
