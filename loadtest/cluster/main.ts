import { writeReport } from './cluster-report.js';
import { proveContract } from './contract.js';
import { proveDisruptions, proveKill } from './disruptions.js';
import { dryRuns } from './dry-runs.js';
import { newDayCsv } from './new-day.js';
import { provePolicies } from './policies.js';
import { Proof } from './proof.js';
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
const release = new Release(shell, settings);
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
  await proof.step('`helm test`', async () => {
    const out = await release.helm(['test', 'charts', '--logs', '--timeout', '3m']);
    const phases = [...out.matchAll(/Phase:\s+(\S+)/g)].map(([, phase]) => phase);
    if (phases.length === 0 || phases.some((phase) => phase !== 'Succeeded')) throw new Error(out);
    return `${phases.length} pods succeeded`;
  });
  await proof.step('every rendering, `--dry-run=server --validate=strict`', () => dryRuns(shell));
}
if (asked('contract')) await proveContract(release, settings, proof);
if (asked('policies')) {
  // With a load Job, whose policy is to be shown too.
  await release.install({ loadTest: { enabled: true, runners: 1, durationSeconds: 5, startAt: 'now' } });
  await provePolicies(release, image, proof);
}
if (asked('scaling')) {
  await proof.step('a load Job from inside, through the ingress', async () => {
    scaling = await proveScaling(release, settings, proof);
    return undefined;
  });
}
if (asked('disruptions')) {
  await release.install();
  await proveDisruptions(release, settings, proof);
  await proveKill(release, settings, proof);
}
if (only.length === 0) await writeReport(proof, scaling, shell);
if (settings.E2E_KEEP === 'no' && only.length === 0) await removeSurroundings(shell);
console.log(`${proof.findings.length - proof.failed} proven, ${proof.failed} not`);
process.exitCode = proof.failed === 0 ? 0 : 1;
