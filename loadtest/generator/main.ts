import { json } from 'node:stream/consumers';
import type { LoadPlan } from './plan.js';
import { runLoad } from './run.js';

/** The load generator as a process: a plan as JSON on standard input, the result as JSON on standard output; SIGTERM ends the run early. */
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const plan = (await json(process.stdin)) as LoadPlan;
process.stdout.write(JSON.stringify(await runLoad(plan, stop.signal)));
