import { describeMachine } from '../bench/machine.js';
import { table, writeSection } from '../bench/performance-doc.js';
import type { Proof } from './proof.js';
import { PLOT } from './scaling.js';
import type { ClusterSettings } from './settings.js';
import type { Shell } from './shell.js';

/** Writes what was found into docs/operations.md. */
export async function writeReport(
  proof: Proof,
  scaling: string | undefined,
  shell: Shell,
  settings: ClusterSettings,
): Promise<void> {
  const { serverVersion } = JSON.parse(await shell.kubectl(['version', '--output', 'json'])) as {
    readonly serverVersion: { readonly gitVersion: string };
  };
  const { E2E_INGRESS_CLASS, E2E_INGRESS_ANNOTATIONS, E2E_INGRESS_RETRY } = settings;
  const rows = proof.findings.map(({ what, result, ok }) => [
    what,
    ok === undefined ? 'told only' : ok ? 'yes' : '**no**',
    result,
  ]);
  const text = [
    `Kubernetes ${serverVersion.gitVersion}, one node, ${describeMachine()}; everything, the load and the control plane too, shares its cores. Ingress class \`${E2E_INGRESS_CLASS}\`, annotations \`${E2E_INGRESS_ANNOTATIONS}\`, and \`${E2E_INGRESS_RETRY}\` where the ingress asks another pod.`,
    table(['what was done', 'as it has to be', 'what came of it'], rows),
    ...(scaling === undefined
      ? []
      : [
          `The load Job while the autoscaler acted:\n\n${scaling.trim()}\n\n![requests, latencies and pods over time](${PLOT.replace('docs/', '')})`,
        ]),
  ].join('\n\n');
  await writeSection('cluster', text, 'docs', 'operations.md');
}
