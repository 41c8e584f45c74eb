import { Module } from '@nestjs/common';
import { Metrics } from './metrics.js';

/** The one registry of the process. */
@Module({ providers: [Metrics], exports: [Metrics] })
export class MetricsModule {}
