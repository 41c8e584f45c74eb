import type { Proof } from './proof.js';
import { until } from './proof.js';
import { imageOf, NAMESPACE, SETUP_NAMESPACE, type Release } from './release.js';

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
    const [api] = await release.pods();
    const [redis] = await release.pods('redis');
    const service = async (...args: readonly string[]) =>
      (await release.shell.kubectl([...args, '--output', 'jsonpath={.spec.clusterIP}'])).trim();
    const addresses = {
      ...{ api: api!.ip, management: api!.ip, redis: redis!.ip },
      files: await service('--namespace', SETUP_NAMESPACE, 'get', 'service', 'files'),
      dns: await service('--namespace', 'kube-system', 'get', 'service', 'kube-dns'),
    };
    for (const { from, to, passes } of RULES) {
      const pod = from === 'api' ? api!.name : from === 'redis' ? redis!.name : `probe-${from}`;
      const program = from === 'redis' ? ['bash', '-c', BASH_ATTEMPT, 'attempt'] : ['node', '-e', ATTEMPT];
      const where = from === 'elsewhere' ? SETUP_NAMESPACE : NAMESPACE;
      const attempt = async () =>
        (
          await release.shell.kubectl([
            ...['--namespace', where, 'exec', pod, '--'],
            ...[...program, addresses[to], String(PORTS[to])],
          ])
        ).trim();
      const expected = passes ? 'open' : 'closed';
      // Rules may reach a pod that has just started a moment later.
      const found = await until(expected, 10, async () =>
        (await attempt()) === expected ? expected : undefined,
      ).catch(() => (passes ? 'closed' : 'open'));
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
