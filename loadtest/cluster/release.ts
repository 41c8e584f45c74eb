import type { Shell } from './shell.js';
import { CHART, RELEASE } from './names.js';
import { until } from './proof.js';
import type { Values } from './release-values.js';

/** A pod of the service. */
export interface Pod {
  readonly name: string;
  readonly ip: string;
  readonly ready: boolean;
  /** Why no node takes it. */
  readonly unschedulable?: string;
}

/** The installed release. */
export class Release {
  constructor(
    readonly shell: Shell,
    readonly namespace: string,
    private readonly values: Values,
  ) {}

  /** Installs or upgrades and waits until every pod is ready. */
  async install(more: Values = {}): Promise<void> {
    await this.helm(['upgrade', '--install', RELEASE, CHART, '--values', '-', '--wait', '--timeout', '5m'], more);
  }

  /** Helm on the release, in its namespace; values go in by standard input. */
  helm(args: readonly string[], more?: Values): Promise<string> {
    const values = more && JSON.stringify({ ...this.values, ...more });
    return this.shell.helm(['--namespace', this.namespace, ...args], values);
  }

  /** Runs `helm test` and tells how many pods succeeded. Throws what it printed when one did not. */
  async test(): Promise<number> {
    const out = await this.helm(['test', RELEASE, '--logs', '--timeout', '3m']);
    const phases = [...out.matchAll(/Phase:\s+(\S+)/g)].map(([, phase]) => phase);
    if (phases.length === 0 || phases.some((phase) => phase !== 'Succeeded')) throw new Error(out);
    return phases.length;
  }

  /** Goes back to the revision before. */
  async rollback(): Promise<void> {
    await this.helm(['rollback', RELEASE, '--wait', '--timeout', '5m']);
  }

  /** kubectl in the release's namespace. */
  kubectl(...args: readonly string[]): Promise<string> {
    return this.shell.kubectl(['--namespace', this.namespace, ...args]);
  }

  /** Pods of a component that are not on their way out. */
  async pods(component = 'api'): Promise<readonly Pod[]> {
    const selector = `app.kubernetes.io/instance=${RELEASE},app.kubernetes.io/component=${component}`;
    const { items } = JSON.parse(await this.kubectl('get', 'pods', '--selector', selector, '--output', 'json')) as {
      readonly items: readonly PodObject[];
    };
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata: { name }, status: { podIP = '', conditions = [] } }) => {
        const refused = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
        const ready = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
        return { name, ip: podIP, ready, ...(refused && { unschedulable: refused.message ?? '' }) };
      });
  }

  /** Waits until so many pods of the service are ready, and no others are there. */
  async waitForPods(count: number, timeoutSeconds = 180): Promise<readonly Pod[]> {
    return until(`${count} ready pods`, timeoutSeconds, async () => {
      const pods = await this.pods();
      return pods.length === count && pods.every(({ ready }) => ready) ? pods : undefined;
    });
  }

  /** A metric's series summed in a pod. */
  async metric(pod: Pod, name: string): Promise<number> {
    const lines = (await this.metrics(pod)).split('\n').filter((line) => new RegExp(`^${name}[{ ]`).test(line));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /** Versions of the dataset that the pods serve which are ready. */
  async datasetVersions(): Promise<readonly (string | undefined)[]> {
    const ready = (await this.pods()).filter((pod) => pod.ready);
    const texts = await Promise.all(ready.map((pod) => this.metrics(pod)));
    return texts.map((text) => /^dataset_info\{version="([0-9a-f]+)"/m.exec(text)?.[1]);
  }

  /** All metrics of a pod; its management port is closed to everybody else. */
  private metrics({ name }: Pod): Promise<string> {
    const script = `fetch('http://127.0.0.1:9090/metrics').then((a) => a.text()).then((t) => process.stdout.write(t))`;
    return this.kubectl('exec', name, '--', 'node', '-e', script);
  }
}

interface PodObject {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}
