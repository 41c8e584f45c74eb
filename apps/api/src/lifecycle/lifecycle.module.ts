import { Module } from '@nestjs/common';
import { MetricsModule } from '../metrics/metrics.module.js';
import { Acceptors } from './acceptors.js';
import { Connections } from './connections.js';
import { Drain } from './drain.js';
import { StalledClients } from './stalled-clients.js';
import { UnsentAnswers } from './unsent-answers.js';
import { Warmth } from './warmth.js';

/** The state of the way out. */
@Module({
  imports: [MetricsModule],
  providers: [Acceptors, Connections, Drain, StalledClients, UnsentAnswers, Warmth],
  exports: [Acceptors, Connections, Drain, UnsentAnswers, Warmth],
})
export class LifecycleModule {}
