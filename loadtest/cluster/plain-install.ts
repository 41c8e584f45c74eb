import { CHART, NAME, NAMESPACE, PLAIN_NAMESPACE, RELEASE } from './names.js';
import { provePolicies } from './policies.js';
import { DOWNLOAD_RULES, PLAIN_RULES } from './policy-rules.js';
import { until, type Proof } from './proof.js';
import { downloadValues, plainValues } from './release-values.js';
import { Release, type Pod } from './release.js';
import { sampleVersion } from './sample.js';
import type { ClusterSettings } from './settings.js';
import type { Shell } from './shell.js';

const KINDS =
  'all,configmaps,secrets,ingresses,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers,serviceaccounts';

/** Installs the chart with its defaults, tests it, tries its policies, and removes it. */
export async function provePlainInstall(shell: Shell, settings: ClusterSettings, proof: Proof): Promise<void> {
  const values = plainValues(settings);
  const release = new Release(shell, PLAIN_NAMESPACE, values);
  const given = 'networkPolicy' in values ? 'the image and the ports of the name servers' : 'the image';
  const installed = await proof.step(`default install (nothing but ${given}), into \`restricted\``, async () => {
    // Not --wait: the three pods of the default ask for a CPU each, which a small node does not have.
    await release.helm(['install', RELEASE, CHART, '--values', '-'], {});
    return describePods(await settled(release));
  });
  await proof.step('default install: the sample dataset is served', async () => {
    const expected = await sampleVersion();
    const found = await release.datasetVersions();
    if (found.length === 0 || found.some((one) => one !== expected))
      throw new Error(`${found.join(', ')}, to be ${expected}`);
    return `version ${expected.slice(0, 8)}, as \`dataset sample\` makes it on this machine`;
  });
  await proof.step('default install: `helm test`', async () => `${await release.test()} pods succeeded`);
  if (installed)
    await provePolicies(release, PLAIN_RULES, { image: settings.E2E_IMAGE, title: 'network, defaults' }, proof);
  await proof.step('default install: `helm uninstall`', () => uninstall(release));
}

/** Installs the chart with a downloaded dataset, and tries the policies that no other installation has. */
export async function proveDownload(shell: Shell, settings: ClusterSettings, proof: Proof): Promise<void> {
  const release = new Release(shell, PLAIN_NAMESPACE, downloadValues(settings));
  const installed = await proof.step('install with a dataset that is downloaded', async () => {
    await release.install();
    const [version] = await release.datasetVersions();
    const [published] = await new Release(shell, NAMESPACE, {}).datasetVersions();
    if (version === undefined || version !== published) throw new Error(`${version} is served, not ${published}`);
    return `version ${version.slice(0, 8)} is served, as published`;
  });
  if (installed)
    await provePolicies(release, DOWNLOAD_RULES, { image: settings.E2E_IMAGE, title: 'network, download' }, proof);
  await proof.step('and removed', () => uninstall(release));
}

/** The pods of the smallest number that the autoscaler keeps, each ready or without a node that has room. */
async function settled(release: Release): Promise<readonly Pod[]> {
  const least = Number(await release.kubectl('get', 'hpa', NAME, '--output', 'jsonpath={.spec.minReplicas}'));
  return until(`${least} pods, ready or without room`, 120, async () => {
    const pods = await release.pods();
    const known = pods.every(({ ready, unschedulable }) => ready || unschedulable?.includes('Insufficient cpu'));
    return pods.length >= least && known && pods.some(({ ready }) => ready) ? pods : undefined;
  });
}

function describePods(pods: readonly Pod[]): string {
  const ready = pods.filter((pod) => pod.ready).length;
  const missing = pods.length - ready;
  const rest = missing === 0 ? '' : `; ${missing} wait for room, this node has no CPU left of the 1 that each asks for`;
  return `${ready} of ${pods.length} pods ready${rest}`;
}

/** Throws when anything is left; the pods of `helm test` stay by Helm's rules, and go with what is removed here. */
async function uninstall(release: Release): Promise<string> {
  await release.helm(['uninstall', RELEASE, '--wait', '--timeout', '2m']);
  const ours = `app.kubernetes.io/instance=${RELEASE}`;
  await release.kubectl('delete', 'pods', '--selector', `${ours},app.kubernetes.io/component=test`);
  let left = '';
  // Helm waits for what it made, not for the pods of that.
  await until('nothing left', 90, async () => {
    left = (await release.kubectl('get', KINDS, '--selector', ours, '--output', 'name')).trim();
    return left === '' || undefined;
  }).catch(() => {
    throw new Error(`left behind: ${left.split('\n').join(', ')}`);
  });
  return 'nothing is left';
}
