import { setTimeout as sleep } from 'node:timers/promises';
import { RunningService } from '../setup/running-service.js';
import { recordFault } from './fault-record.js';
import { aliveAfterMs, chartLiveness, isAlive, watchLiveness } from './process-liveness.js';
import { PATHS } from './process-paths.js';
import { SteadyRequests } from './steady-requests.js';

const BLOCKED_MS = 5000;

const running: RunningService[] = [];
afterEach(() => Promise.all(running.splice(0).map((service) => service.stop())));

async function start(nodeFlags: readonly string[] = []): Promise<RunningService> {
  const service = await RunningService.start({}, nodeFlags);
  running.push(service);
  return service;
}

/** Keeps the event loop of a process busy for a time, by its debugger; resolves when that is over. */
async function block(service: RunningService, ms: number): Promise<void> {
  const url = service.log.map((line) => /ws:\/\/\S+/.exec(line)?.[0]).find((found) => found !== undefined);
  if (url === undefined) throw new Error('the debugger of the service does not listen');
  const socket = new WebSocket(url);
  try {
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error(`no debugger at ${url}`)));
    });
    const over = new Promise((resolve) => socket.addEventListener('message', resolve));
    const expression = `for (const end = performance.now() + ${ms}; performance.now() < end; );`;
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }));
    await over;
  } finally {
    socket.close();
  }
}

describe('an event loop that is blocked', () => {
  it('for 5 s by a computation', async () => {
    const probe = await chartLiveness();
    const service = await start(['--inspect=127.0.0.1:0']);
    const requests = new SteadyRequests({ port: service.port, requestsPerSecond: 200, paths: PATHS });
    await sleep(300);
    const began = performance.now();
    const blocked = block(service, BLOCKED_MS);
    await sleep(100);
    const kubelet = watchLiveness(service.managementPort, probe, 1);
    expect(await isAlive(service.managementPort, BLOCKED_MS / 2)).toBe(false);
    await blocked;
    const blockedMs = performance.now() - began;
    const backMs = await aliveAfterMs(service.managementPort);
    const { failures, ended } = await kubelet;
    await sleep(300);
    const { sent, failed, errors, worstMs } = await requests.stop();
    recordFault({
      ...{ door: 'process', fault: 'event loop busy for 5 s under 200 requests/s', sent, failed, worstMs },
      lost: 'nothing',
      seen: `/livez silent meanwhile, well after ${backMs.toFixed(0)} ms; ${failures} of ${probe.failureThreshold} probes of the chart failed`,
      limits: [{ name: '/livez back after ms', value: backMs, most: 500 }],
    });
    expect(blockedMs).toBeGreaterThanOrEqual(BLOCKED_MS);
    expect(errors).toEqual({});
    expect(ended).toBe(false);
  });

  it('for good', async () => {
    const probe = await chartLiveness();
    const service = await start();
    service.signal('SIGSTOP');
    const began = performance.now();
    const { failures, ended } = await watchLiveness(service.managementPort, probe, probe.failureThreshold + 1);
    const seconds = (performance.now() - began) / 1000;
    recordFault({
      ...{ door: 'process', fault: 'stopped for good (SIGSTOP)', sent: failures, failed: failures, lost: 'nothing' },
      seen: `${failures} probes failed in a row: the kubelet restarts it after ${seconds.toFixed(0)} s`,
      limits: [{ name: 'restarted after s', value: seconds, least: BLOCKED_MS / 1000, most: 90 }],
    });
    expect([failures, ended]).toEqual([probe.failureThreshold, true]);
  }, 120_000);
});
