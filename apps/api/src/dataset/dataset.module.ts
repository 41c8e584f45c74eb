import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Metrics } from '../metrics/metrics.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { Dataset } from './dataset.js';

/** The dataset, open before anything that uses it is made. */
@Module({
  imports: [MetricsModule],
  providers: [
    {
      provide: Dataset,
      inject: [CONFIG, Metrics],
      useFactory: async (config: Config, metrics: Metrics) => {
        const dataset = new Dataset(config, metrics);
        await dataset.open();
        return dataset;
      },
    },
  ],
  exports: [Dataset],
})
export class DatasetModule {}
