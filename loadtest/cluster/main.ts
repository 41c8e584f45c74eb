import { writeReport } from './cluster-report.js';
import { proveContract } from './contract.js';
import { proveDisruptions, proveKill, tellKill } from './disruptions.js';
import { proveConnectionAge } from './connection-age.js';
import { dryRuns } from './dry-runs.js';
import { NAMESPACE } from './names.js';
import { newDayCsv } from './new-day.js';
import { proveDownload, provePlainInstall } from './plain-install.js';
import { provePolicies } from './policies.js';
import { INGRESS_RULES, PROVEN_RULES } from './policy-rules.js';
import { Proof } from './proof.js';
import { ingressValues, provenValues } from './release-values.js';
import { Release } from './release.js';
import { proveScaling } from './scaling.js';
import { clusterSettingsSchema } from './settings.js';
import { Shell, runLine } from './shell.js';
import { makeSurroundings, removeSurroundings } from './surroundings.js';

/**
 * `make e2e-cluster`: installs the chart on a real cluster and proves what it promises: the Pod Security Standard, the
 * contract through the ingress, no failed request whatever is done to it, scaling, network policies. Which cluster, the
 * environment says (settings.ts). Ends with 0 when all is proven; writes the table into docs/operations.md.
 */
const settings = clusterSettingsSchema.parse(process.env);
const { E2E_IMAGE: image } = settings;
const shell = new Shell(settings);
const release = new Release(shell, NAMESPACE, provenValues(settings));
const proof = new Proof();
const only = process.argv.slice(2);
const asked = (part: string) => only.length === 0 || only.includes(part);
let scaling: string | undefined;

if (asked('image')) {
  await runLine(settings.E2E_BUILD_IMAGE.replaceAll('{image}', image).replaceAll('{folder}', process.cwd()));
}
if (asked('install')) {
  await removeSurroundings(shell);
  await makeSurroundings(shell, image, newDayCsv());
  await proof.step('`helm install` into a namespace that enforces `restricted`', async () => {
    await release.install();
    return `${(await release.waitForPods(2)).length} pods ready`;
  });
  await proof.step('`helm test`', async () => `${await release.test()} pods succeeded`);
  await proof.step('every rendering, `--dry-run=server --validate=strict`', () => dryRuns(shell));
}
if (asked('contract')) await proveContract(shell, settings, proof);
if (asked('plain')) {
  await provePlainInstall(shell, settings, proof);
  await proveDownload(shell, settings, proof);
}
if (asked('policies')) {
  const { E2E_INGRESS_INSIDE_URL: ingressUrl, E2E_INGRESS_PEER: peer } = settings;
  // With a load Job that may reach the ingress controller, for its policy is to be shown too.
  const egress = [JSON.parse(peer) as unknown];
  await release.install({ loadTest: { enabled: true, runners: 1, durationSeconds: 5, startAt: 'now', egress } });
  const rules = [...PROVEN_RULES, ...(ingressUrl === '' ? [] : INGRESS_RULES)];
  await provePolicies(release, rules, { image, ingressUrl, title: 'network' }, proof);
}
if (asked('age')) {
  await proof.step('connections of an age, and without', async () => {
    await proveConnectionAge(release, proof);
    return undefined;
  });
}
if (asked('scaling')) {
  await proof.step('a load that makes the autoscaler act', async () => {
    scaling = await proveScaling(release, settings, proof);
    return undefined;
  });
}
if (asked('disruptions')) {
  await release.install();
  await proveDisruptions(release, settings, proof);
  await tellKill(release, settings, proof);
  await release.install(ingressValues(settings, settings.E2E_INGRESS_RETRY));
  await proveKill(release, settings, proof);
}
if (only.length === 0) await writeReport(proof, scaling, shell, settings);
if (settings.E2E_KEEP === 'no' && only.length === 0) await removeSurroundings(shell);
console.log(`${proof.proven} proven, ${proof.failed} not`);
process.exitCode = proof.failed === 0 ? 0 : 1;
