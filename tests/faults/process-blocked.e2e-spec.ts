import { setTimeout as sleep } from 'node:timers/promises';
import { RunningService } from '../setup/running-service.js';
import { recordFault } from './fault-record.js';
import { aliveAfterMs, chartLiveness, isAlive, watchLiveness } from './process-liveness.js';
import { PATHS } from './process-paths.js';
import { SteadyRequests } from './steady-requests.js';

const BLOCKED_MS = 5000;
const BACK_MS = 500;

let service: RunningService;
beforeAll(async () => {
  service = await RunningService.start();
}, 60_000);
afterAll(() => service.stop());

describe('a process that stands still', () => {
  it('for 5 s', async () => {
    const probe = await chartLiveness();
    const requests = new SteadyRequests({ port: service.port, requestsPerSecond: 200, paths: PATHS });
    await sleep(300);
    service.signal('SIGSTOP');
    const kubelet = watchLiveness(service.managementPort, probe, 1);
    expect(await isAlive(service.managementPort, BLOCKED_MS / 2)).toBe(false);
    await sleep(BLOCKED_MS / 2);
    service.signal('SIGCONT');
    const backMs = await aliveAfterMs(service.managementPort);
    const { failures, ended } = await kubelet;
    await sleep(300);
    const { sent, failed, errors, worstMs } = await requests.stop();
    recordFault({
      ...{ door: 'process', fault: 'stopped for 5 s (SIGSTOP) under 200 requests/s', sent, failed, worstMs },
      lost: 'nothing',
      seen: `/livez silent meanwhile, well after ${backMs.toFixed(0)} ms; ${failures} of ${probe.failureThreshold} probes of the chart failed`,
      limits: [
        { name: '/livez back after ms', value: backMs, most: BACK_MS },
        { name: 'worst ms', value: worstMs, most: BLOCKED_MS + 1000 },
      ],
    });
    expect(errors).toEqual({});
    expect(failures).toBeLessThan(probe.failureThreshold);
    expect(ended).toBe(false);
  });
});
