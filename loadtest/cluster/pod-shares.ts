import { setTimeout as delay } from 'node:timers/promises';
import type { Pod, Release } from './release.js';

const WINDOW_MS = 10_000;

/** Part of each pod in the requests of a stretch of time, 0 to 1: of the pods that were there first, and of those added. */
export interface PodShares {
  readonly first: readonly number[];
  readonly added: readonly number[];
}

/** Counts requests by pod for ten seconds. Throws when a pod does not tell, was started anew, or none had a request. */
export async function podShares(release: Release, first: readonly Pod[], windowMs = WINDOW_MS): Promise<PodShares> {
  const pods = (await release.pods()).filter(({ ready }) => ready);
  const count = (pod: Pod) => release.metric(pod, 'http_requests_total');
  const before = await Promise.all(pods.map(count));
  await delay(windowMs);
  const after = await Promise.all(pods.map(count));
  const counts = after.map((value, index) => value - before[index]!);
  const all = counts.reduce((sum, value) => sum + value, 0);
  if (!(all > 0) || counts.some((value) => value < 0)) throw new Error(`requests by pod: ${counts.join(', ')}`);
  const isFirst = ({ name }: Pod) => first.some((one) => one.name === name);
  const of = (wanted: boolean) =>
    counts.flatMap((value, index) => (isFirst(pods[index]!) === wanted ? value / all : []));
  return { first: of(true), added: of(false) };
}

/** Whether each pod has at least half of what an even division would give it. */
export function isEven({ first, added }: PodShares): boolean {
  const all = [...first, ...added];
  return all.every((share) => share >= 0.5 / all.length);
}

/** The shares in percent, those of added pods apart. */
export function describeShares({ first, added }: PodShares): string {
  const percents = (shares: readonly number[]) => shares.map((share) => `${(share * 100).toFixed(0)} %`).join(', ');
  return added.length === 0 ? percents(first) : `${percents(first)}; pods that were added: ${percents(added)}`;
}
