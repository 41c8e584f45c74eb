import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until, type Proof } from './proof.js';
import { HOST, NAME, type Pod, type Release } from './release.js';
import type { ClusterSettings } from './settings.js';

const REPORT = join(import.meta.dirname, '../report/main.js');
const RUNNERS = 2;
const SECONDS = 150;
/** From the upgrade that makes the Job to its first request: pods have to be scheduled and started. */
const LEAD_SECONDS = 40;
const WINDOW_MS = 10_000;

/** Where the plot of the run goes. */
export const PLOT = 'docs/cluster-scaling.svg';

/**
 * Loads the service by a Job from inside, through the ingress, until the autoscaler has added pods, and looks how evenly
 * they are used before and after; then waits until the pods are gone again. Returns the report of the runners.
 */
export async function proveScaling(release: Release, settings: ClusterSettings, proof: Proof): Promise<string> {
  await release.waitForPods(2);
  const startAt = Math.ceil(Date.now() / 1000) + LEAD_SECONDS;
  await release.install(loadValues(settings, startAt));
  const samples: string[] = [];
  const watching = watchReplicas(release, samples);
  try {
    await delay(Math.max(0, startAt * 1000 + 5000 - Date.now()));
    proof.note('requests by pod before scaling out', true, percents(await sharesOf(release)));
    const started = startAt * 1000;
    const most = await until('more pods', SECONDS, async () => {
      const pods = await release.pods();
      return pods.length > 2 && pods.every(({ ready }) => ready) ? pods.length : undefined;
    }).catch(() => 2);
    proof.note(
      'the autoscaler scales out on CPU',
      most > 2,
      `from 2 to ${most} pods, ready ${secondsSince(started)} s after the load began`,
    );
    await delay(Math.max(0, startAt * 1000 + (SECONDS - 20) * 1000 - Date.now()));
    const after = await sharesOf(release);
    const even = Math.min(...after) > 0.5 / after.length;
    proof.note('requests by pod after scaling out', even, percents(after));
    const report = await collect(release, samples);
    const began = Date.now();
    await release.waitForPods(2, 240);
    proof.note('and back in when the load is over', true, `2 pods again after ${secondsSince(began)} s`);
    return report;
  } finally {
    watching.stop();
  }
}

function loadValues(
  { E2E_INGRESS_INSIDE_URL, E2E_INGRESS_URL, E2E_INGRESS_PEER, E2E_SCALE_RATE }: ClusterSettings,
  startAt: number,
) {
  return {
    loadTest: {
      ...{ enabled: true, runners: RUNNERS, scenario: 'soak', rate: E2E_SCALE_RATE, durationSeconds: SECONDS, startAt },
      ...{ target: E2E_INGRESS_INSIDE_URL || E2E_INGRESS_URL, host: HOST },
      egress: [JSON.parse(E2E_INGRESS_PEER) as unknown],
      // A load that is too much for two pods is slow until more are there; that none fails is what counts.
      env: [{ name: 'LOAD_THRESHOLDS', value: '{"http_req_duration":["p(99)<10000"]}' }],
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

/** Waits for the Job, keeps the plot, and returns the table. */
async function collect(release: Release, samples: readonly string[]): Promise<string> {
  const selector = 'app.kubernetes.io/component=load';
  const names = await until('the end of the load Job', 120, async () => {
    const phases = await release.kubectl(
      ...['get', 'pods', '--selector', selector, '--output'],
      'jsonpath={range .items[*]}{.metadata.name} {.status.phase}{"\\n"}{end}',
    );
    const pods = phases.trim().split('\n');
    return pods.every((line) => /(Succeeded|Failed)$/.test(line)) ? pods.map((line) => line.split(' ')[0]!) : undefined;
  });
  // One after the other: kubectl mixes the long lines of several pods.
  const logs: string[] = [];
  for (const name of names) logs.push(await release.kubectl('logs', name));
  const replicas = join(tmpdir(), `replicas-${process.pid}.csv`);
  writeFileSync(replicas, `${samples.join('\n')}\n`);
  const input = logs.join('\n');
  return execFileSync(process.execPath, [REPORT, '--svg', PLOT, '--replicas', replicas], { input, encoding: 'utf8' });
}

/** Share of each pod in the requests of ten seconds, 0 to 1; of the pods that are there all the time. */
async function sharesOf(release: Release): Promise<readonly number[]> {
  const pods = (await release.pods()).filter(({ ready }) => ready);
  const count = (pod: Pod) => release.metric(pod, 'http_requests_total').catch(() => NaN);
  const before = await Promise.all(pods.map(count));
  await delay(WINDOW_MS);
  const after = await Promise.all(pods.map(count));
  const counts = after.map((value, index) => value - before[index]!).filter((value) => !Number.isNaN(value));
  const all = counts.reduce((sum, value) => sum + value, 0);
  return counts.map((value) => value / all);
}

function percents(parts: readonly number[]): string {
  return parts.map((share) => `${(share * 100).toFixed(0)} %`).join(', ');
}

function secondsSince(start: number): string {
  return ((Date.now() - start) / 1000).toFixed(0);
}
