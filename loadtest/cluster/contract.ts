import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { Questions, type Question } from '../contract/questions.js';
import { Reference } from '../contract/reference.js';
import { endpointOf } from '../generator/endpoint.js';
import { serviceVocabulary } from '../node/service-vocabulary.js';
import { seededRandom } from '../random.js';
import { requestMix } from '../request-mix.js';
import { contentDigest } from './answer-digest.js';
import { HOST } from './names.js';
import { until, type Proof } from './proof.js';
import { makeSample, withFolder } from './sample.js';
import type { ClusterSettings } from './settings.js';
import type { Shell } from './shell.js';

const QUESTIONS = 1000;
const [PORT, MANAGEMENT_PORT] = [5871, 9871];
const CLIENT = join(import.meta.dirname, 'answers-client.js');
const SERVICE = join(import.meta.dirname, '../../apps/api/src/main.js');

/**
 * Asks the service behind the ingress and compares twice: what its answers say with plain SQL over the raw rows of the
 * same sample, which shares nothing with the service; status, ETag and bytes, of wrong questions too, with a service on
 * this machine.
 */
export async function proveContract(shell: Shell, settings: ClusterSettings, proof: Proof): Promise<void> {
  const asked = async (paths: readonly string[]) => {
    const { child, ended } = shell.entered([process.execPath, CLIENT, settings.E2E_INGRESS_URL, HOST], {});
    child.stdin.end(paths.join('\n'));
    const { out, err } = await ended;
    if (err !== '') throw new Error(err);
    return out.trim().split('\n');
  };
  await proof.step('the contract through the ingress, against plain SQL over the raw rows', () => againstRows(asked));
  await proof.step('the contract through the ingress, byte by byte', () => againstLocal(asked));
}

type Asked = (paths: readonly string[]) => Promise<readonly string[]>;

async function againstRows(asked: Asked): Promise<string> {
  const expected = await withFolder(async (folder) => {
    const csv = join(folder, 'sample.csv');
    makeSample('--csv', csv);
    const reference = await Reference.of(csv);
    const questions = new Questions(reference, await reference.filters(), seededRandom(7));
    const all: Question[] = [];
    while (all.length < QUESTIONS) all.push(await questions.next());
    return all;
  });
  const found = await asked(expected.map(({ path }) => path));
  const wrong = expected.filter(({ status, expected: content }, index) => {
    const [foundStatus, , , digest] = found[index]?.split(' ') ?? [];
    return foundStatus !== String(status) || digest !== contentDigest(content);
  });
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${QUESTIONS} differ, the first: ${wrong[0]!.path}`);
  return `${QUESTIONS} questions, all answered as the rows say`;
}

async function againstLocal(asked: Asked): Promise<string> {
  return besideLocal(async (base) => {
    const { vocabulary, fault } = await serviceVocabulary(endpointOf(base, undefined), 1, 10_000);
    if (fault !== undefined) throw new Error(fault);
    const mix = requestMix(vocabulary, { conditionalShare: 0, wrongShare: 0.1 }, seededRandom(7));
    const paths = Array.from({ length: QUESTIONS }, () => mix.draw().path);
    const local = execFileSync(process.execPath, [CLIENT, base, HOST], { input: paths.join('\n'), encoding: 'utf8' });
    const [right, found] = [local.trim().split('\n'), await asked(paths)];
    const different = paths.filter((_, index) => right[index] === undefined || right[index] !== found[index]);
    if (different.length > 0) throw new Error(`${different.length} of ${QUESTIONS} differ, the first: ${different[0]}`);
    return `${QUESTIONS} questions, a tenth of them wrong: status, ETag and body as from a service on this machine`;
  });
}

/** Does something while a service on this machine serves the same dataset. */
function besideLocal<T>(act: (base: string) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    makeSample('--out', folder);
    const local = spawn(process.execPath, [SERVICE], {
      stdio: 'ignore',
      env: {
        ...process.env,
        ...{ DATASET_DIR: folder, HOST: '127.0.0.1', PORT: String(PORT), MANAGEMENT_PORT: String(MANAGEMENT_PORT) },
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
      return await act(base);
    } finally {
      local.kill('SIGTERM');
    }
  });
}
