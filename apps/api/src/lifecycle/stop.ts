import { setTimeout as sleep } from 'node:timers/promises';
import type { INestApplication } from '@nestjs/common';
import { Drain } from './drain.js';

/**
 * Stops the application without losing a request: not ready from now on, go on answering for waitMs so that balancers
 * notice, then accept no more, finish what is in flight, and run Nest's shutdown hooks (the database closes in the last).
 */
export async function stop(app: INestApplication, waitMs: number): Promise<void> {
  app.get(Drain).begin();
  await sleep(waitMs);
  await app.close();
}
