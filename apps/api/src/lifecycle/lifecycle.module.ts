import { Module } from '@nestjs/common';
import { Connections } from './connections.js';
import { Drain } from './drain.js';

/** The state of the way out. */
@Module({ providers: [Connections, Drain], exports: [Connections, Drain] })
export class LifecycleModule {}
