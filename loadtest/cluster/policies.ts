import type { Proof } from './proof.js';
import { until } from './proof.js';
import { imageOf, NAMESPACE, SETUP_NAMESPACE, type Pod, type Release } from './release.js';

/** Who tries: a pod of a component of the release, of its namespace without being one, or of another namespace. */
type From = 'api' | 'test' | 'load' | 'refresh' | 'redis' | 'neighbour' | 'elsewhere';

interface Rule {
  readonly from: From;
  readonly to: keyof typeof PORTS;
  readonly passes: boolean;
}

const PORTS = { api: 5000, management: 9090, redis: 6379, files: 443, dns: 53 } as const;

/** Every rule of the chart's policies from both sides: what has to pass, and what must not. */
const RULES: readonly Rule[] = [
  ...(['test', 'load'] as const).map((from) => ({ from, to: 'api', passes: true }) as const),
  ...(['neighbour', 'elsewhere', 'refresh'] as const).map((from) => ({ from, to: 'api', passes: false }) as const),
  ...(['test', 'load', 'neighbour', 'elsewhere'] as const).map(
    (from) => ({ from, to: 'management', passes: false }) as const,
  ),
  { from: 'api', to: 'redis', passes: true },
  ...(['test', 'load', 'refresh', 'neighbour', 'elsewhere'] as const).map(
    (from) => ({ from, to: 'redis', passes: false }) as const,
  ),
  { from: 'refresh', to: 'files', passes: true },
  ...(['api', 'test', 'load', 'redis'] as const).map((from) => ({ from, to: 'files', passes: false }) as const),
  ...(['api', 'test', 'load', 'refresh'] as const).map((from) => ({ from, to: 'dns', passes: true }) as const),
];

const ATTEMPT = `
  const [host, port] = process.argv.slice(1);
  const socket = require('node:net').connect({ host, port: Number(port), timeout: 2000 });
  const say = (text) => { console.log(text); process.exit(0); };
  socket.on('connect', () => say('open')).on('timeout', () => say('closed')).on('error', () => say('closed'));`;

/** The image of Redis has no Node. */
const BASH_ATTEMPT = 'if timeout 2 bash -c "exec 3<>/dev/tcp/$1/$2" 2>/dev/null; then echo open; else echo closed; fi';

/** Tries every rule of the network policies. Pods of the proof's own stand in where a component has none that stays. */
export async function provePolicies(release: Release, image: string, proof: Proof): Promise<void> {
  const probes = (['test', 'load', 'refresh', 'neighbour', 'elsewhere'] as const).map((from) => probePod(from, image));
  await release.shell.apply(probes);
  try {
    await release.kubectl('wait', '--for=condition=Ready', '--timeout=60s', 'pod', '--selector', 'charts-e2e=probe');
    const addresses = await addressesOf(release);
    for (const { from, to, passes } of RULES) {
      const expected = passes ? 'open' : 'closed';
      let found = 'no answer';
      // Rules may reach a pod that has just started a moment later, and the autoscaler may take one away.
      await until(expected, 15, async () => {
        found = await attempt(release, from, await addresses(to), PORTS[to]);
        return found === expected || undefined;
      }).catch(() => undefined);
      proof.note(`network: ${from} to ${to} (${PORTS[to]})`, found === expected, `${found}, to be ${expected}`);
    }
  } finally {
    for (const where of [NAMESPACE, SETUP_NAMESPACE]) {
      await release.shell.kubectl([
        ...['--namespace', where, 'delete', 'pod', '--selector', 'charts-e2e=probe', '--wait=false', '--now'],
      ]);
    }
  }
}

/** Addresses of what is tried; that of a pod of the service is one that is ready now. */
async function addressesOf(release: Release) {
  const service = async (where: string, name: string) => {
    const args = ['--namespace', where, 'get', 'service', name, '--output', 'jsonpath={.spec.clusterIP}'];
    return (await release.shell.kubectl(args)).trim();
  };
  const fixed = {
    redis: (await readyPod(release, 'redis')).ip,
    files: await service(SETUP_NAMESPACE, 'files'),
    dns: await service('kube-system', 'kube-dns'),
  };
  return async (to: keyof typeof PORTS) =>
    to === 'api' || to === 'management' ? (await readyPod(release, 'api')).ip : fixed[to];
}

async function readyPod(release: Release, component: string): Promise<Pod> {
  return until(`a ready pod of ${component}`, 60, async () =>
    (await release.pods(component)).find(({ ready }) => ready),
  );
}

/** `open`, `closed`, or what kept the pod from trying. */
async function attempt(release: Release, from: From, address: string, port: number): Promise<string> {
  const own = from === 'api' || from === 'redis';
  const pod = own ? (await readyPod(release, from)).name : `probe-${from}`;
  const program = from === 'redis' ? ['bash', '-c', BASH_ATTEMPT, 'attempt'] : ['node', '-e', ATTEMPT];
  const { code, out, err } = await release.shell.tryKubectl([
    ...['--namespace', from === 'elsewhere' ? SETUP_NAMESPACE : NAMESPACE, 'exec', pod, '--'],
    ...[...program, address, String(port)],
  ]);
  return code === 0 ? out.trim() : err.trim();
}

function probePod(from: From, image: string): object {
  const { repository, tag, pullPolicy } = imageOf(image);
  const component =
    from === 'neighbour' || from === 'elsewhere'
      ? {}
      : {
          'app.kubernetes.io/name': 'spotify-charts',
          'app.kubernetes.io/instance': 'charts',
          'app.kubernetes.io/component': from,
        };
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: {
      name: `probe-${from}`,
      namespace: from === 'elsewhere' ? SETUP_NAMESPACE : NAMESPACE,
      labels: { ...component, 'charts-e2e': 'probe' },
    },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
      terminationGracePeriodSeconds: 0,
      containers: [
        {
          ...{ name: 'probe', image: `${repository}:${tag}`, imagePullPolicy: pullPolicy },
          command: ['node', '-e', 'setInterval(() => {}, 1000)'],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          resources: { requests: { cpu: '10m', memory: '32Mi' } },
        },
      ],
    },
  };
}
