import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpointOf } from '../generator/endpoint.js';
import { serviceVocabulary } from '../node/service-vocabulary.js';
import { seededRandom } from '../random.js';
import { requestMix } from '../request-mix.js';
import { until, type Proof } from './proof.js';
import { HOST, type Release } from './release.js';
import type { ClusterSettings } from './settings.js';

const QUESTIONS = 1000;
const [PORT, MANAGEMENT_PORT] = [5871, 9871];
const CLIENT = join(import.meta.dirname, 'answers-client.js');
const PROGRAMS = join(import.meta.dirname, '../../apps');

/**
 * Asks the service behind the ingress and one on this machine, which serves the same dataset, the same questions, wrong
 * ones among them: status, ETag and bytes have to be equal.
 */
export async function proveContract(release: Release, settings: ClusterSettings, proof: Proof): Promise<void> {
  await besideLocal(async (base) => {
    const { vocabulary, fault } = await serviceVocabulary(endpointOf(base, undefined), 1, 10_000);
    if (fault !== undefined) throw new Error(fault);
    const mix = requestMix(vocabulary, { conditionalShare: 0, wrongShare: 0.1 }, seededRandom(7));
    const paths = Array.from({ length: QUESTIONS }, () => mix.draw().path).join('\n');
    const expected = execFileSync(process.execPath, [CLIENT, base, HOST], { input: paths, encoding: 'utf8' });
    const { child, ended } = release.shell.entered([process.execPath, CLIENT, settings.E2E_INGRESS_URL, HOST], {});
    child.stdin.end(paths);
    const { out, err } = await ended;
    const [right, found] = [expected.trim().split('\n'), out.trim().split('\n')];
    const different = right.filter((line, index) => line !== found[index]).length;
    const ok = right.length === QUESTIONS && found.length === QUESTIONS && different === 0;
    const result = `${QUESTIONS} questions, ${different} answered otherwise than on this machine`;
    proof.note('the contract through the ingress', ok, err === '' ? result : `${result}: ${err}`);
  });
}

/** Does something while a service on this machine serves the same dataset. */
async function besideLocal(act: (base: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'charts-e2e-'));
  const sample = [join(PROGRAMS, 'dataset/src/main.js'), 'sample', '--out', dir, '--seed', '1', '--quiet'];
  execFileSync(process.execPath, sample);
  const local = spawn(process.execPath, [join(PROGRAMS, 'api/src/main.js')], {
    stdio: 'ignore',
    env: {
      ...process.env,
      ...{ DATASET_DIR: dir, HOST: '127.0.0.1', PORT: String(PORT), MANAGEMENT_PORT: String(MANAGEMENT_PORT) },
    },
  });
  const base = `http://127.0.0.1:${PORT}`;
  const healthy = () =>
    fetch(`${base}/health`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    );
  try {
    await until('a service on this machine', 30, healthy);
    await act(base);
  } finally {
    local.kill('SIGTERM');
    rmSync(dir, { recursive: true, force: true });
  }
}
