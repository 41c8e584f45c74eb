import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { ReplicaSample } from './replicas.js';

/** Which Job of which namespace (that of the context unless named), and how often it is looked at. */
export interface JobToWatch {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly everySeconds: number;
}

/** What a Job left. */
export interface WatchedJob {
  /** Output of its pods. */
  readonly logs: readonly string[];
  /** Pods of the service beside it, while it ran. */
  readonly samples: readonly ReplicaSample[];
}

const run = promisify(execFile);
const LOG_BYTES = 256 << 20;
/** Looks in a row that may fail: an API server that is upgraded is away for a moment. */
const FAILURES = 5;
const [INSTANCE, NAME, COMPONENT] = ['instance', 'name', 'component'].map((key) => `app.kubernetes.io/${key}`) as [
  string,
  string,
  string,
];

const labels = z.record(z.string(), z.string()).default({});
const jobObject = z.looseObject({
  metadata: z.looseObject({ labels }),
  status: z
    .looseObject({ conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]) })
    .default({ conditions: [] }),
});
const deployments = z.looseObject({
  items: z.array(
    z.looseObject({ status: z.looseObject({ replicas: z.number().default(0) }).default({ replicas: 0 }) }),
  ),
});

/**
 * Waits until a load Job has ended, however it ended, and counts the service's pods meanwhile; then reads what its pods printed. The
 * service is the Deployment with the Job's labels. KUBECTL names another kubectl. Throws an Error that says what kubectl said when there
 * is no such Job, or when it cannot be asked.
 */
export async function watchJob(job: JobToWatch, say: (line: string) => void): Promise<WatchedJob> {
  const kubectl = kubectlFor(job.namespace);
  const samples: ReplicaSample[] = [];
  let [ended, seen, failures] = [false, false, 0];
  while (!ended) {
    try {
      const look = await lookAt(job.name, kubectl);
      const before = samples.at(-1)?.replicas;
      samples.push(...look.samples);
      const now = samples.at(-1)?.replicas;
      if (now !== before) say(`${now} replicas`);
      [ended, seen, failures] = [look.ended, true, 0];
    } catch (error) {
      failures += 1;
      // What could never be asked for is no moment's absence.
      if (failures === FAILURES || !seen) throw error;
    }
    if (!ended) await delay(job.everySeconds * 1000);
  }
  return { samples, logs: await logsOf(job.name, kubectl) };
}

type Kubectl = (...args: readonly string[]) => Promise<string>;

function kubectlFor(namespace: string | undefined): Kubectl {
  const program = process.env['KUBECTL'] || 'kubectl';
  return async (...args) => {
    const scope = namespace === undefined ? [] : ['--namespace', namespace];
    try {
      return (await run(program, [...scope, ...args], { maxBuffer: LOG_BYTES })).stdout;
    } catch (cause) {
      const { code, stderr = '' } = cause as NodeJS.ErrnoException & { stderr?: string };
      if (code === 'ENOENT') throw new Error(`${program} is not on the PATH; KUBECTL=... names another`, { cause });
      throw new Error(stderr.trim() || (cause as Error).message, { cause });
    }
  };
}

async function lookAt(name: string, kubectl: Kubectl): Promise<{ ended: boolean; samples: readonly ReplicaSample[] }> {
  const { metadata, status } = jobObject.parse(JSON.parse(await kubectl('get', 'job', name, '--output', 'json')));
  const ended = status.conditions.some((one) => ['Complete', 'Failed'].includes(one.type) && one.status === 'True');
  const selector = [INSTANCE, NAME].map((key) => `${key}=${metadata.labels[key] ?? ''}`);
  const found = await kubectl(
    ...['get', 'deployments', '--selector', [...selector, `${COMPONENT}=api`].join(','), '--output', 'json'],
  );
  const { items } = deployments.parse(JSON.parse(found));
  const epochSeconds = Date.now() / 1000;
  return { ended, samples: items.slice(0, 1).map(({ status: { replicas } }) => ({ epochSeconds, replicas })) };
}

/** Pod by pod: kubectl mixes long lines of several. */
async function logsOf(name: string, kubectl: Kubectl): Promise<readonly string[]> {
  const pods = await kubectl('get', 'pods', '--selector', `job-name=${name}`, '--output', 'name');
  const logs: string[] = [];
  for (const pod of pods.trim().split('\n').filter(Boolean)) logs.push(await kubectl('logs', pod));
  return logs;
}
