import { setTimeout as sleep } from 'node:timers/promises';
import { render } from '../helm/chart.js';
import { only } from '../kubernetes/objects.js';

/** A liveness probe as the kubelet knows it. */
export interface LivenessProbe {
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

interface PodTemplate {
  readonly template: { readonly spec: { readonly containers: readonly { readonly livenessProbe?: LivenessProbe }[] } };
}

/** The liveness probe that the chart gives the service unless told otherwise. */
export async function chartLiveness(): Promise<LivenessProbe> {
  const { spec } = only(await render(), 'Deployment') as unknown as { readonly spec: PodTemplate };
  const [probe] = spec.template.spec.containers.flatMap(({ livenessProbe }) => livenessProbe ?? []);
  if (!probe) throw new Error('the chart renders no liveness probe');
  return probe;
}

/** Whether /livez says within the time that the process lives. */
export async function isAlive(managementPort: number, timeoutMs: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    return (await fetch(`http://127.0.0.1:${managementPort}/livez`, { signal })).ok;
  } catch {
    return false;
  }
}

/** Waits until /livez says that the process lives; resolves with how many milliseconds that took. */
export async function aliveAfterMs(managementPort: number): Promise<number> {
  const began = performance.now();
  while (!(await isAlive(managementPort, 1000))) await sleep(10);
  return performance.now() - began;
}

/** What the kubelet saw of a container. */
export interface Watched {
  /** Most probes in a row that failed. */
  readonly failures: number;
  /** Whether the kubelet would have ended it. */
  readonly ended: boolean;
}

/** Probes at the period of a probe, from now on, until that many looks are over or the kubelet would end the container. */
export async function watchLiveness(managementPort: number, probe: LivenessProbe, looks: number): Promise<Watched> {
  const { periodSeconds, timeoutSeconds, failureThreshold } = probe;
  const began = performance.now();
  let [inARow, failures] = [0, 0];
  for (let look = 0; look < looks && failures < failureThreshold; look++) {
    const waitMs = began + look * periodSeconds * 1000 - performance.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
    inARow = (await isAlive(managementPort, timeoutSeconds * 1000)) ? 0 : inARow + 1;
    failures = Math.max(failures, inARow);
  }
  return { failures, ended: failures >= failureThreshold };
}
