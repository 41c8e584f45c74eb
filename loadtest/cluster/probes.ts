import { MONITOR_LABELS, OTHER_PORT, RELEASE, SETUP_NAMESPACE } from './names.js';
import type { From } from './policy-rules.js';
import { imageOf } from './release-values.js';
import type { Release } from './release.js';

/** Pods that are tried from and, at {@link OTHER_PORT}, tried; each stands for who has no pod of his own that stays. */
export class Probes {
  private readonly froms: readonly From[];

  constructor(
    private readonly release: Release,
    private readonly image: string,
    froms: Iterable<From>,
  ) {
    this.froms = [...new Set(froms)].filter((from) => from !== 'api' && from !== 'redis');
  }

  /** Makes them and waits until they run. */
  async make(): Promise<void> {
    await this.release.shell.apply(this.froms.map((from) => this.pod(from)));
    for (const where of this.namespaces) {
      const wait = ['--namespace', where, 'wait', '--for=condition=Ready', '--timeout=60s', 'pod'];
      await this.release.shell.kubectl([...wait, '--selector', 'charts-e2e=probe']);
    }
  }

  async remove(): Promise<void> {
    for (const where of this.namespaces) {
      const remove = ['--namespace', where, 'delete', 'pod', '--selector', 'charts-e2e=probe', '--now'];
      await this.release.shell.kubectl(remove);
    }
  }

  /** Address of one of them. */
  async addressOf(from: From): Promise<string> {
    const args = ['get', 'pod', `probe-${from}`, '--output', 'jsonpath={.status.podIP}'];
    return (await this.release.shell.kubectl(['--namespace', this.namespaceOf(from), ...args])).trim();
  }

  /** Where the pod of who tries is. */
  namespaceOf(from: From): string {
    return from === 'elsewhere' || from === 'monitor' ? SETUP_NAMESPACE : this.release.namespace;
  }

  private get namespaces(): readonly string[] {
    return [...new Set(this.froms.map((from) => this.namespaceOf(from)))];
  }

  private pod(from: From): object {
    const { repository, tag, pullPolicy } = imageOf(this.image);
    const script = `require('node:net').createServer((socket) => socket.end()).listen(${OTHER_PORT})`;
    return {
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: {
        ...{ name: `probe-${from}`, namespace: this.namespaceOf(from) },
        labels: { ...labelsOf(from), 'charts-e2e': 'probe' },
      },
      spec: {
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            ...{ name: 'probe', image: `${repository}:${tag}`, imagePullPolicy: pullPolicy },
            command: ['node', '-e', script],
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            resources: { requests: { cpu: '5m', memory: '32Mi' } },
          },
        ],
      },
    };
  }
}

function labelsOf(from: From): Readonly<Record<string, string>> {
  if (from === 'monitor') return MONITOR_LABELS;
  if (from === 'neighbour' || from === 'elsewhere') return {};
  return {
    'app.kubernetes.io/name': 'spotify-charts',
    'app.kubernetes.io/instance': RELEASE,
    'app.kubernetes.io/component': from,
  };
}
