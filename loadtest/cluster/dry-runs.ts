import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CHART, NAMESPACE } from './names.js';
import type { Shell } from './shell.js';

const OVERLAYS = 'k8s/overlays';

/**
 * Gives what every `ci/*-values.yaml` and every overlay renders to the server's own validation. Kinds that the cluster
 * does not have are left out. Throws with what the server says.
 */
export async function dryRuns(shell: Shell): Promise<string> {
  const resources = await shell.kubectl(['api-resources', '--no-headers']);
  const kinds = new Set(resources.split('\n').map((line) => line.trim().split(/\s+/).at(-1)));
  let objects = 0;
  const validate = async (name: string, rendered: string) => {
    const known = rendered.split(/^---$/m).filter((text) => kinds.has(/^kind: (\S+)$/m.exec(text)?.[1]));
    objects += known.length;
    const apply = ['apply', '--namespace', NAMESPACE, '--dry-run=server', '--validate=strict', '--filename', '-'];
    await shell.kubectl(apply, known.join('\n---\n')).catch((error: unknown) => {
      throw new Error(`${name}: ${(error as Error).message}`);
    });
  };
  const cases = (await readdir(join(CHART, 'ci'))).filter((name) => name.endsWith('-values.yaml'));
  // The account that pods name has to be there already.
  const account = ['--set', 'serviceAccount.create=false', '--set', 'serviceAccount.name=default'];
  for (const name of cases) {
    const values = ['--values', join(CHART, 'ci', name), ...account];
    await validate(name, await shell.helm(['template', 'dry', CHART, '--namespace', NAMESPACE, ...values]));
  }
  const overlays = await readdir(OVERLAYS);
  for (const name of overlays) {
    const rendered = await shell.kubectl(['kustomize', join(OVERLAYS, name)]);
    // A namespace of its own would have to exist.
    await validate(name, rendered.replaceAll(/^(\s+namespace:) charts$/gm, `$1 ${NAMESPACE}`));
  }
  return `${objects} objects of ${cases.length} cases of the chart and ${overlays.length} overlays`;
}
