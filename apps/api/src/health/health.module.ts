import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DatasetModule } from '../dataset/dataset.module.js';
import { LifecycleModule } from '../lifecycle/lifecycle.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { HealthController } from './health.controller.js';
import { ManagementServer } from './management-server.js';
import { Probes } from './probes.js';

/** /health on the public port, probes and metrics on the management port. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false }), DatasetModule, LifecycleModule, MetricsModule],
  controllers: [HealthController],
  providers: [ManagementServer, Probes],
})
export class HealthModule {}
