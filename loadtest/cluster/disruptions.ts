import { setTimeout as delay } from 'node:timers/promises';
import type { LoadSummary } from '../summary.js';
import { NAME } from './names.js';
import { until, type Proof } from './proof.js';
import type { Release } from './release.js';
import type { ClusterSettings } from './settings.js';
import { countsBetween, LOAD_CONNECTIONS, SteadyLoad } from './steady-load.js';

/** Exit code of a process that SIGKILL ended. */
const SIGKILLED = '137';

/** Requests over which no one may fail. */
const LEAST_REQUESTS = 50_000;
const SETTLE_MS = 5000;

interface Disruption {
  readonly what: string;
  readonly act: (release: Release) => Promise<unknown>;
}

const DISRUPTIONS: readonly Disruption[] = [
  {
    what: '`helm upgrade` (rolling, other settings)',
    act: (release) =>
      release.install({ podAnnotations: { 'charts.test/revision': '2' }, logging: { requestSample: 0.5 } }),
  },
  { what: '`kubectl delete pod`', act: deletePod },
  {
    what: '`kubectl rollout restart`',
    act: async (release) => {
      await release.kubectl('rollout', 'restart', `deployment/${NAME}`);
      await release.kubectl('rollout', 'status', `deployment/${NAME}`, '--timeout=300s');
    },
  },
  { what: '`helm rollback`', act: (release) => release.rollback() },
  {
    what: 'Redis deleted and back',
    act: async (release) => {
      const [redis] = await release.pods('redis');
      await release.kubectl('delete', 'pod', redis!.name);
      await until('Redis back', 120, async () => ((await release.pods('redis'))[0]?.ready ? true : undefined));
    },
  },
  { what: 'dataset refreshed by the CronJob to a new version', act: refresh },
];

/** Disrupts the service in every way that must not be felt, under steady load, and looks for a request that failed. */
export async function proveDisruptions(release: Release, settings: ClusterSettings, proof: Proof): Promise<void> {
  const load = new SteadyLoad(release.shell, settings);
  const windows: { readonly what: string; readonly from: number; to: number; fault?: string }[] = [];
  await delay(SETTLE_MS);
  for (const { what, act } of DISRUPTIONS) {
    const window: (typeof windows)[number] = { what, from: Date.now(), to: 0 };
    windows.push(window);
    console.log(`under load: ${what}`);
    await act(release).catch((error: unknown) => (window.fault = (error as Error).message));
    await delay(SETTLE_MS);
    window.to = Date.now();
  }
  while (load.due < LEAST_REQUESTS * 1.02) await delay(SETTLE_MS);
  const summary = await load.stop();
  for (const { what, from, to, fault } of windows) {
    const { answered, failed, dropped } = countsBetween(summary, from, to);
    const took = `${((to - from - SETTLE_MS) / 1000).toFixed(0)} s`;
    const result = `${answered} answered, ${failed} failed, ${dropped} not sent, in ${took}`;
    proof.note(`under load: ${what}`, fault === undefined && failed + dropped === 0 && answered > 0, fault ?? result);
  }
  const { answered, failed, dropped, wrongBodies } = summary.requests;
  const enough = answered >= LEAST_REQUESTS;
  const faultless = failed + dropped + wrongBodies === 0;
  proof.note('under load: all of it together', enough && faultless, describe(summary));
}

/** Kills a pod whose ingress controller asks no other when it is gone, and tells what that costs. */
export async function tellKill(release: Release, settings: ClusterSettings, proof: Proof): Promise<void> {
  const { ended, summary } = await killUnderLoad(release, settings);
  const what = 'a process killed on its node (SIGKILL) under load; the ingress asks no other pod';
  proof.note(what, ended === SIGKILLED ? undefined : false, `ended with ${ended}; ${describe(summary)}`);
}

/** Kills a pod without a word: that may cost the requests in flight on it, 16 at the most, for so many connections ask. */
export async function proveKill(release: Release, settings: ClusterSettings, proof: Proof): Promise<void> {
  const { ended, summary } = await killUnderLoad(release, settings);
  const bearable = ended === SIGKILLED && summary.requests.failed <= LOAD_CONNECTIONS && summary.requests.answered > 0;
  const what = `the same, the ingress asks another pod: at most the ${LOAD_CONNECTIONS} requests in flight may fail`;
  proof.note(what, bearable, `ended with ${ended}; ${describe(summary)}`);
}

async function killUnderLoad(release: Release, settings: ClusterSettings) {
  const before = await release.waitForPods(2);
  const load = new SteadyLoad(release.shell, settings);
  await delay(SETTLE_MS);
  const victim = before[0]!.name;
  const restarts = () =>
    release.kubectl('get', 'pod', victim, '--output', 'jsonpath={.status.containerStatuses[0].restartCount}');
  const earlier = await restarts();
  await release.shell.onNode(
    killLine(await release.kubectl('get', 'pod', victim, '--output', 'jsonpath={.metadata.uid}')),
  );
  await until('the container to be started again', 60, async () => ((await restarts()) !== earlier ? true : undefined));
  const path = 'jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode}';
  const ended = await release.kubectl('get', 'pod', victim, '--output', path);
  await release.waitForPods(before.length);
  await delay(SETTLE_MS);
  return { ended, summary: await load.stop() };
}

/** Kills the service's process of a pod, which nothing within the pod can: it is process 1 there. The uid is in its cgroup. */
function killLine(uid: string): string {
  const pod = uid.replaceAll('-', '[-_]');
  return `for p in /proc/[0-9]*; do if grep -q 'pod${pod}' "$p/cgroup" 2>/dev/null && tr '\\0' ' ' < "$p/cmdline" | grep -q 'apps/api/src/main.js'; then kill -9 "\${p#/proc/}" && exit 0; fi; done; echo 'no process of this pod' >&2; exit 1`;
}

async function deletePod(release: Release): Promise<void> {
  const before = await release.pods();
  await release.kubectl('delete', 'pod', before[0]!.name);
  await release.waitForPods(before.length);
}

async function refresh(release: Release): Promise<void> {
  const before = new Set(await release.datasetVersions());
  await release.kubectl('create', 'job', 'refresh-now', `--from=cronjob/${NAME}-refresh`);
  await until('the refresh', 240, async () => {
    const status = await release.kubectl('get', 'job', 'refresh-now', '--output', 'jsonpath={.status}');
    if (status.includes('"type":"Failed"'))
      throw new Error(`the refresh failed: ${await release.kubectl('logs', 'job/refresh-now', '--all-containers')}`);
    return status.includes('"type":"Complete"') ? true : undefined;
  });
  await until('every pod on the new version', 120, async () => {
    const versions = await release.datasetVersions();
    return new Set(versions).size === 1 && !before.has(versions[0]) ? true : undefined;
  });
}

function describe({ requests, failures, latencyMs, elapsedSeconds }: LoadSummary): string {
  const kinds = Object.entries(failures).map(([kind, count]) => `${count} ${kind}`);
  const ms = (value: number | null) => (value === null ? '-' : value.toFixed(0));
  return (
    `${requests.answered} answered, ${requests.failed} failed${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}, ` +
    `${requests.dropped} not sent, in ${elapsedSeconds.toFixed(0)} s; p50 ${ms(latencyMs.p50)}, p99 ${ms(latencyMs.p99)}, slowest ${ms(latencyMs.max)} ms`
  );
}
