import { recordFault } from './fault-record.js';
import { SteadyLoad } from './load-process.js';
import { ManagementWatch } from './management-watch.js';
import type { LoadedService } from './overload-load.js';

const FLOOD_PER_SECOND = 20_000;
const CONNECTIONS = 512;
const STEADY_PER_SECOND = 200;

/** Asks for another chart with every request, more than can be made, beside others who ask for what is in memory. */
export async function coldFlood(loaded: LoadedService, seconds: number): Promise<void> {
  const { service, hot } = loaded;
  const before = await service.metric('requests_shed_total', 'wait');
  const watch = new ManagementWatch(service.managementPort);
  // Begun first: making its requests takes this process a moment.
  const flooding = loaded.load(FLOOD_PER_SECOND, CONNECTIONS, 1, seconds);
  const steady = new SteadyLoad({ port: service.port, requestsPerSecond: STEADY_PER_SECOND, paths: hot });
  const flood = await flooding;
  const beside = await steady.stop();
  await watch.stop();
  const shed = (await service.metric('requests_shed_total', 'wait')) - before;
  recordFault({
    ...{
      door: 'overload',
      fault: `${FLOOD_PER_SECOND} requests/s, each for another chart, on ${CONNECTIONS} connections`,
    },
    ...{ sent: beside.sent, failed: beside.failed, worstMs: beside.worstMs, lost: 'none' },
    seen: `beside ${STEADY_PER_SECOND} requests/s for what is in memory, which the counts are of; of the flood ${flood.right} answered, ${flood.refusedCount} refused`,
    limits: [
      ...(flood.refusedCount > 0 ? [{ name: 'refused p99, ms', value: flood.refusedMs(0.99), most: 50 }] : []),
      { name: 'p99 of what is in memory, ms', value: beside.latency.quantile(0.99) / 1000, most: 250 },
      { name: 'slowest probe or metrics, ms', value: watch.worstMs, most: 1000 },
    ],
  });
  expect(beside.errors).toEqual({});
  expect(beside.answered).toBeGreaterThan(0);
  expect(shed).toBeGreaterThanOrEqual(flood.refusedCount);
  expect(Object.keys(flood.retryAfter).filter((after) => after !== '1')).toEqual([]);
  expect(watch.failed).toBe(0);
}
