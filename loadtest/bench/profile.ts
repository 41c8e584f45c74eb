import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { benchFolder } from './machine.js';
import { closed, measure } from './measure.js';
import { table } from './performance-doc.js';
import { startService } from './servers.js';

/** The part of a .cpuprofile that is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

/** A function's share of the time in which the process did something. */
export interface SelfTime {
  readonly name: string;
  readonly place: string;
  readonly share: number;
}

/**
 * The functions in which most time went by, callees not counted. Idle time is left out, and so is what came before
 * `fromMs` after the start of the profile.
 */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile, most: number, fromMs = 0): SelfTime[] {
  const byId = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, { name: string; place: string; us: number }>();
  let [sumUs, atUs] = [0, 0];
  samples.forEach((id, i) => {
    const frame = byId.get(id);
    const us = timeDeltas[i] ?? 0;
    atUs += us;
    if (!frame || frame.functionName === '(idle)' || atUs < fromMs * 1000) return;
    const place = frame.url === '' ? '' : `${shortened(frame.url)}:${frame.lineNumber + 1}`;
    const name = frame.functionName || '(anonymous)';
    const known = times.get(`${name} ${place}`) ?? { name, place, us: 0 };
    known.us += us;
    sumUs += us;
    times.set(`${name} ${place}`, known);
  });
  return [...times.values()]
    .sort((a, b) => b.us - a.us)
    .slice(0, most)
    .map(({ name, place, us }) => ({ name, place, share: us / sumUs }));
}

/** Left out besides the start: until then the compiler is at work. */
const WARM_UP_MS = 2000;

/** Profiles the service while it answers one URL from memory, and returns where the time went. */
export async function profileHot(datasetDir: string, path: string, seconds: number): Promise<SelfTime[]> {
  const folder = await mkdtemp(join(benchFolder(), 'profile-'));
  const server = await startService('profiled', datasetDir, {}, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
  await measure(server, closed([path], { seconds: seconds + WARM_UP_MS / 1000 }));
  // Ends as in production: the profile is written when the process exits by itself.
  await server.stop('SIGTERM');
  const file = (await readdir(folder)).find((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error(`no profile was written to ${folder}`);
  const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile;
  await rm(folder, { recursive: true });
  return selfTimes(profile, 20, server.readyMs + WARM_UP_MS);
}

/** Functions and shares as a table in Markdown. */
export function profileTable(times: readonly SelfTime[]): string {
  return table(
    ['function', 'where', 'self time'],
    times.map(({ name, place, share }) => [`\`${name}\``, place && `\`${place}\``, `${(100 * share).toFixed(1)} %`]),
  );
}

function shortened(url: string): string {
  return url.replace(/^file:\/\//, '').replace(/^.*\/(?=(?:node_modules|dist)\/)/, '');
}
