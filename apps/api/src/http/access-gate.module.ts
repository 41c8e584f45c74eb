import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LifecycleModule } from '../lifecycle/lifecycle.module.js';
import { AccessGate } from './access-gate.js';
import { HttpModule } from './http.module.js';

/** Asks for API keys; imported only where there is a file of keys. */
@Module({ imports: [AccessModule, HttpModule, LifecycleModule], providers: [AccessGate] })
export class AccessGateModule {}
