import { setTimeout as delay } from 'node:timers/promises';
import { describeShares, isEven, podShares, type PodShares } from './pod-shares.js';
import type { Proof } from './proof.js';
import { autoscaling } from './release-values.js';
import type { Release } from './release.js';

/** Age at which connections end in the runs that show it at work; each differs from it by up to a tenth. */
export const SHORT_AGE_MS = 5000;
const RATE = 200;
const CONNECTIONS = 64;
const LEAD_SECONDS = 30;
const SECONDS = 120;

/**
 * Clients that keep their connections, through the ClusterIP, which chooses a pod for a connection and not for a request:
 * how evenly pods are used before two are added, just after, and later; with an age of connections and without.
 */
export async function proveConnectionAge(release: Release, proof: Proof): Promise<void> {
  const without = await sharesByTime(release, 0);
  const stay = ({ added }: PodShares) => added.length === 2 && added.every((share) => share < 0.01);
  const through = 'requests by pod, ClusterIP, kept connections';
  proof.note(`${through} without an age, before scaling out`, isEven(without.before), describeShares(without.before));
  proof.note(
    `${through} without an age, just after: none finds a new pod`,
    stay(without.after),
    describeShares(without.after),
  );
  proof.note(`${through} without an age, 30 s later: still none`, stay(without.later), describeShares(without.later));
  const aged = await sharesByTime(release, SHORT_AGE_MS);
  const of = `of ${SHORT_AGE_MS / 1000} s`;
  proof.note(`${through} with an age ${of}, before scaling out`, isEven(aged.before), describeShares(aged.before));
  const found = aged.after.added.length === 2 && aged.after.added.every((share) => share > 0);
  proof.note(`${through} with an age ${of}, just after: new pods are found`, found, describeShares(aged.after));
  const even = aged.later.added.length === 2 && isEven(aged.later);
  proof.note(`${through} with an age ${of}, 30 s later: evenly`, even, describeShares(aged.later));
}

async function sharesByTime(release: Release, connectionMaxAgeMs: number) {
  const startAt = Math.ceil(Date.now() / 1000) + LEAD_SECONDS;
  const settings = { server: { connectionMaxAgeMs }, loadTest: loadTest(startAt) };
  await release.install({ ...settings, autoscaling: autoscaling(2, 2) });
  const first = await release.waitForPods(2);
  await delay(Math.max(0, startAt * 1000 + 5000 - Date.now()));
  const before = await podShares(release, first);
  await release.install({ ...settings, autoscaling: autoscaling(4, 4) });
  await release.waitForPods(4);
  const after = await podShares(release, first);
  await delay(20_000);
  const later = await podShares(release, first);
  if (Date.now() > (startAt + SECONDS) * 1000) throw new Error('the load ended before requests were counted');
  return { before, after, later };
}

function loadTest(startAt: number): object {
  return {
    ...{ enabled: true, runners: 1, scenario: 'soak', rate: RATE, durationSeconds: SECONDS, startAt },
    env: [{ name: 'LOAD_CONNECTIONS', value: String(CONNECTIONS) }],
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
  };
}
