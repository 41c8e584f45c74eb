import { Module } from '@nestjs/common';
import { Connections } from './connections.js';
import { Drain } from './drain.js';
import { Warmth } from './warmth.js';

/** The state of the way out. */
@Module({ providers: [Connections, Drain, Warmth], exports: [Connections, Drain, Warmth] })
export class LifecycleModule {}
