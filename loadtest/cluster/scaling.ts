import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until, type Proof } from './proof.js';
import { SHORT_AGE_MS } from './connection-age.js';
import { HOST, NAME } from './names.js';
import { describeShares, isEven, podShares } from './pod-shares.js';
import type { Release } from './release.js';
import type { ClusterSettings } from './settings.js';

const REPORT = join(import.meta.dirname, '../report/main.js');
const RUNNERS = 2;
const SECONDS = 150;
/** From the upgrade that makes the Job to its first request: pods have to be scheduled and started. */
const LEAD_SECONDS = 40;
/**
 * The scenario's own 250 ms are for a service that has the pods it needs. This load is begun on purpose with too few: on
 * two cores that run the runners, the ingress controller and the control plane too, requests wait until the autoscaler has
 * added pods. Two seconds are what the spike scenario allows while it does.
 */
const P99_MS = 2000;

const JOB = 'the load Job from inside, through the ingress, while pods are added';

/** Where the plot of the run goes. */
export const PLOT = 'docs/cluster-scaling.svg';

/**
 * Loads the service by a Job from inside, through the ingress, until the autoscaler has added pods, and looks how evenly
 * they are used before, just after and later; then waits until the pods are gone again. Returns the report of the runners.
 */
export async function proveScaling(release: Release, settings: ClusterSettings, proof: Proof): Promise<string> {
  const startAt = Math.ceil(Date.now() / 1000) + LEAD_SECONDS;
  await release.install(loadValues(settings, startAt));
  const first = await release.waitForPods(2);
  const samples: string[] = [];
  const watching = watchReplicas(release, samples);
  const at = (second: number) => delay(Math.max(0, (startAt + second) * 1000 - Date.now()));
  const shares = async (when: string) => {
    const found = await podShares(release, first);
    proof.note(
      `requests by pod, ingress, ${when} (each at least half of an even share)`,
      isEven(found),
      describeShares(found),
    );
  };
  try {
    await at(1);
    await shares('before scaling out');
    await scaleOut(release, startAt, proof);
    await shares('just after');
    await at(SECONDS - 20);
    await shares('at the end of the load');
    const { kept, report } = await collect(release, samples);
    const judged = `${kept} of ${RUNNERS} runners keep them`;
    proof.note(`${JOB}: none fails or is left out, p99 below ${P99_MS / 1000} s`, kept === RUNNERS, judged);
    const began = Date.now();
    await release.waitForPods(2, 240);
    proof.note(
      'and back in when the load is over',
      true,
      `2 pods again after ${((Date.now() - began) / 1000).toFixed(0)} s`,
    );
    return report;
  } finally {
    watching.stop();
  }
}

async function scaleOut(release: Release, startAt: number, proof: Proof): Promise<void> {
  const most = await until('more pods', SECONDS, async () => {
    const pods = await release.pods();
    return pods.length > 2 && pods.every(({ ready }) => ready) ? pods.length : undefined;
  }).catch(() => 2);
  const seconds = (Date.now() / 1000 - startAt).toFixed(0);
  const result = `from 2 to ${most} pods, seen ready ${seconds} s after the load began`;
  proof.note('the autoscaler scales out on CPU', most > 2, result);
}

function loadValues(
  { E2E_INGRESS_INSIDE_URL, E2E_INGRESS_URL, E2E_INGRESS_PEER, E2E_SCALE_RATE }: ClusterSettings,
  startAt: number,
) {
  return {
    server: { connectionMaxAgeMs: SHORT_AGE_MS },
    loadTest: {
      ...{ enabled: true, runners: RUNNERS, scenario: 'soak', rate: E2E_SCALE_RATE, durationSeconds: SECONDS, startAt },
      ...{ target: E2E_INGRESS_INSIDE_URL || E2E_INGRESS_URL, host: HOST },
      egress: [JSON.parse(E2E_INGRESS_PEER) as unknown],
      env: [{ name: 'LOAD_THRESHOLDS', value: `{"http_req_duration":["p(99)<${P99_MS}"]}` }],
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    },
  };
}

function watchReplicas(release: Release, samples: string[]) {
  const timer = setInterval(() => {
    release
      .kubectl('get', 'hpa', NAME, '--output', 'jsonpath={.status.currentReplicas}')
      .then((replicas) => samples.push(`${(Date.now() / 1000).toFixed(0)},${replicas}`))
      .catch(() => undefined);
  }, 2000);
  return { stop: () => clearInterval(timer) };
}

/** Waits for the Job, keeps the plot, and returns the table and how many runners kept their thresholds. */
async function collect(release: Release, samples: readonly string[]) {
  const selector = 'app.kubernetes.io/component=load';
  const ended = await until('the end of the load Job', 120, async () => {
    const phases = await release.kubectl(
      ...['get', 'pods', '--selector', selector, '--output'],
      'jsonpath={range .items[*]}{.metadata.name} {.status.phase}{"\\n"}{end}',
    );
    const pods = phases.trim().split('\n');
    return pods.every((line) => /(Succeeded|Failed)$/.test(line)) ? pods : undefined;
  });
  // One after the other: kubectl mixes the long lines of several pods.
  const logs: string[] = [];
  for (const line of ended) logs.push(await release.kubectl('logs', line.split(' ')[0]!));
  const replicas = join(tmpdir(), `replicas-${process.pid}.csv`);
  writeFileSync(replicas, `${samples.join('\n')}\n`);
  const input = logs.join('\n');
  const args = [REPORT, '--svg', PLOT, '--replicas', replicas];
  const report = execFileSync(process.execPath, args, { input, encoding: 'utf8' });
  return { kept: ended.filter((line) => line.endsWith(' Succeeded')).length, report };
}
