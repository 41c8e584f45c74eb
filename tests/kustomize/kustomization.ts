import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stringify } from 'yaml';
import { parseObjects, type KubernetesObject } from '../kubernetes/objects.js';
import { kubernetesTools, runTool } from '../setup/kubernetes-tools.js';
import { ROOT } from '../setup/tree.js';

/** Path of the folder with base, components and overlays. */
export const K8S = join(ROOT, 'k8s');

/** Names of the components. */
export const COMPONENTS: readonly string[] = readdirSync(join(K8S, 'components'));

/** Names of the overlays. */
export const OVERLAYS: readonly string[] = readdirSync(join(K8S, 'overlays'));

/** What a kustomization.yaml says, as far as the tests write one; paths of resources and components are those within k8s/. */
export interface Kustomization {
  readonly resources: readonly string[];
  readonly components?: readonly string[];
  readonly [field: string]: unknown;
}

/** The objects that kustomize builds from a folder. Throws with what it says when it refuses, or warns. */
export async function build(folder: string): Promise<readonly KubernetesObject[]> {
  const { kubectl } = await kubernetesTools();
  const { code, stdout, stderr } = await runTool(kubectl, ['kustomize', folder]);
  if (code !== 0 || stderr !== '') throw new Error(stderr);
  return parseObjects(stdout);
}

/** The objects of a kustomization that is in no folder of the repository, with further files by their names. Throws as `build` does. */
export async function buildFrom(
  kustomization: Kustomization,
  files: Readonly<Record<string, string>> = {},
): Promise<readonly KubernetesObject[]> {
  // kustomize resolves links, and takes no absolute path.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'kustomize-')));
  const inRepository = (path: string) => relative(folder, join(K8S, path));
  try {
    const { resources, components = [], ...rest } = kustomization;
    const text = stringify({
      ...rest,
      resources: resources.map(inRepository),
      components: components.map(inRepository),
    });
    await writeFile(join(folder, 'kustomization.yaml'), text);
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return await build(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The objects of the base with some of the components. */
export function baseWith(...components: readonly string[]): Promise<readonly KubernetesObject[]> {
  return buildFrom({ resources: ['base'], components: components.map((name) => `components/${name}`) });
}
