import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { Dataset } from './dataset.js';
import { DatasetWatch } from './dataset-watch.js';

/** The dataset that is served. */
@Module({ imports: [MetricsModule], providers: [Dataset, DatasetWatch], exports: [Dataset] })
export class DatasetModule {}
