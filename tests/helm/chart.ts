import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseObjects, type KubernetesObject } from '../kubernetes/objects.js';
import { kubernetesTools, runTool } from '../setup/kubernetes-tools.js';
import { ROOT } from '../setup/tree.js';

export { only, type KubernetesObject } from '../kubernetes/objects.js';

/** Path of the chart. */
export const CHART = join(ROOT, 'helm/spotify-charts');

/** Names of the files of values in the chart's ci folder without their ending: every feature on and off. */
export const CASES: readonly string[] = readdirSync(join(CHART, 'ci')).map((file) => file.replace('-values.yaml', ''));

/** Oldest and newest Kubernetes that the chart is made for. */
export const KUBERNETES = { oldest: '1.30.0', newest: '1.36.0' } as const;

/** Cases that the oldest Kubernetes cannot run. */
export const NEWER_ONLY: readonly string[] = ['dataset-image-volume'];

/** What to render, and by which Helm for which Kubernetes. */
export interface RenderOptions {
  /** Names of files in the ci folder, or paths of files of values. */
  readonly cases?: readonly string[];
  /** As for --set. */
  readonly set?: readonly string[];
  /** A value that is JSON, as for --set-json. */
  readonly json?: readonly string[];
  readonly helm?: 'helm3' | 'helm4';
  readonly kubeVersion?: string;
  readonly release?: string;
  readonly namespace?: string;
  readonly chart?: string;
}

/** Arguments of `helm template` for these options; unless given, the namespace is music and the release charts. */
function templateArgs({ cases = [], set = [], json = [], kubeVersion, ...options }: RenderOptions) {
  return [
    'template',
    options.release ?? 'charts',
    options.chart ?? CHART,
    `--namespace=${options.namespace ?? 'music'}`,
    `--kube-version=${kubeVersion ?? KUBERNETES.newest}`,
    ...cases.map((name) => `--values=${name.includes('/') ? name : join(CHART, 'ci', `${name}-values.yaml`)}`),
    ...set.map((value) => `--set=${value}`),
    ...json.map((value) => `--set-json=${value}`),
  ];
}

/** The text that Helm renders. Throws with what Helm says when it refuses. */
export async function renderText(options: RenderOptions = {}): Promise<string> {
  const tools = await kubernetesTools();
  const { code, stdout, stderr } = await runTool(tools[options.helm ?? 'helm4'], templateArgs(options));
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** The objects that Helm renders, sorted by kind and name. Throws with what Helm says when it refuses. */
export async function render(options: RenderOptions = {}): Promise<readonly KubernetesObject[]> {
  const key = (one: KubernetesObject) => `${one.kind} ${one.metadata.name}`;
  return parseObjects(await renderText(options)).toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
