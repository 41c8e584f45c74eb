import { SETUP_NAMESPACE } from './names.js';
import { PORTS, type From, type Rule, type To } from './policy-rules.js';
import { Probes } from './probes.js';
import { until, type Proof } from './proof.js';
import type { Pod, Release } from './release.js';

/** Attempts at the same time. */
const AT_ONCE = 4;

const ATTEMPT = `
  const [host, port] = process.argv.slice(1);
  const socket = require('node:net').connect({ host, port: Number(port), timeout: 2000 });
  const say = (text) => { console.log(text); process.exit(0); };
  socket.on('connect', () => say('open')).on('timeout', () => say('closed')).on('error', () => say('closed'));`;

const NAMES_ATTEMPT = `
  const { Resolver } = require('node:dns').promises;
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([process.argv[1]]);
  resolver.resolve4('kubernetes.default.svc.cluster.local').then(() => console.log('open'), () => console.log('closed'));`;

/** The image of Redis has no Node. */
const BASH_ATTEMPT = 'if timeout 2 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null; then echo open; else echo closed; fi';
const BASH_NAMES_ATTEMPT =
  'if timeout 2 getent ahostsv4 kubernetes.default.svc.cluster.local >/dev/null; then echo open; else echo closed; fi';

/** How rules are tried: with which image, and at which address pods have the ingress controller. */
export interface Trial {
  readonly image: string;
  readonly ingressUrl?: string;
  /** What the rows begin with. */
  readonly title: string;
}

/** Tries rules of the network policies from both sides: what has to pass, and what must not. */
export async function provePolicies(
  release: Release,
  rules: readonly Rule[],
  { image, ingressUrl, title }: Trial,
  proof: Proof,
): Promise<void> {
  const probes = new Probes(
    release,
    image,
    rules.flatMap(({ from, to }) => [from, ...(isProbe(to) ? [to] : [])]),
  );
  await probes.make();
  try {
    const addressOf = await addresses(release, probes, ingressUrl);
    const tried = async ({ from, to, passes }: Rule) => {
      const expected = passes ? 'open' : 'closed';
      let found = 'no answer';
      // Rules may reach a pod that has just started a moment later, and the autoscaler may take one away.
      await until(expected, 15, async () => {
        found = await attempt(release, probes, from, to, await addressOf(to));
        return found === expected || undefined;
      }).catch(() => undefined);
      return { what: `${title}: ${from} to ${to} (${PORTS[to]})`, ok: found === expected, found, expected };
    };
    for (let i = 0; i < rules.length; i += AT_ONCE) {
      for (const { what, ok, found, expected } of await Promise.all(rules.slice(i, i + AT_ONCE).map(tried)))
        proof.note(what, ok, `${found}, to be ${expected}`);
    }
  } finally {
    await probes.remove();
  }
}

function isProbe(to: To): to is 'test' | 'load' | 'refresh' | 'neighbour' {
  return to === 'test' || to === 'load' || to === 'refresh' || to === 'neighbour';
}

/** Addresses of what is tried; that of a pod of the release is one that is ready now. */
async function addresses(release: Release, probes: Probes, ingressUrl = ''): Promise<(to: To) => Promise<string>> {
  const service = async (where: string, name: string) => {
    const args = ['--namespace', where, 'get', 'service', name, '--output', 'jsonpath={.spec.clusterIP}'];
    return (await release.shell.kubectl(args)).trim();
  };
  const [files, dns] = [await service(SETUP_NAMESPACE, 'files'), await service('kube-system', 'kube-dns')];
  return async (to) => {
    if (isProbe(to)) return probes.addressOf(to);
    if (to === 'ingress') return new URL(ingressUrl).hostname;
    if (to === 'api' || to === 'management' || to === 'redis')
      return (await readyPod(release, to === 'redis' ? 'redis' : 'api')).ip;
    return to === 'dns' || to === 'names' ? dns : files;
  };
}

async function readyPod(release: Release, component: string): Promise<Pod> {
  return until(`a ready pod of ${component}`, 60, async () =>
    (await release.pods(component)).find(({ ready }) => ready),
  );
}

/** `open`, `closed`, or what kept the pod from trying. */
async function attempt(release: Release, probes: Probes, from: From, to: To, address: string): Promise<string> {
  const own = from === 'api' || from === 'redis';
  const pod = own ? (await readyPod(release, from)).name : `probe-${from}`;
  const [bash, node] = to === 'names' ? [BASH_NAMES_ATTEMPT, NAMES_ATTEMPT] : [BASH_ATTEMPT, ATTEMPT];
  const program = from === 'redis' ? ['bash', '-c', bash, 'attempt'] : ['node', '-e', node];
  const { code, out, err } = await release.shell.tryKubectl([
    ...['--namespace', probes.namespaceOf(from), 'exec', pod, '--'],
    ...[...program, address, String(PORTS[to])],
  ]);
  return code === 0 ? out.trim() : err.trim();
}
