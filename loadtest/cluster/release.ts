import type { Shell } from './shell.js';
import type { ClusterSettings } from './settings.js';
import { until } from './proof.js';

/** Where everything is installed. */
export const NAMESPACE = 'charts-e2e';
/** Where the helpers of the proof run: what makes the volume, and the server that new charts come from. */
export const SETUP_NAMESPACE = 'charts-e2e-setup';
/** Name that the ingress answers to. */
export const HOST = 'charts.test';
/** Name of the objects. */
export const NAME = 'charts-spotify-charts';
/** Server of new charts, as the refresh asks for it. */
export const FILES_URL = `https://files.${SETUP_NAMESPACE}.svc/new-day.csv`;

const RELEASE = 'charts';
const CHART = 'helm/spotify-charts';

/** A pod of the service. */
export interface Pod {
  readonly name: string;
  readonly ip: string;
  readonly ready: boolean;
}

/** The installed release. */
export class Release {
  constructor(
    readonly shell: Shell,
    private readonly settings: ClusterSettings,
  ) {}

  /** Values of the installation: small pods, so that two cores see an autoscaler at work, and its patience shortened. */
  values(more: Readonly<Record<string, unknown>> = {}): string {
    const { E2E_IMAGE, E2E_REDIS_IMAGE, E2E_INGRESS_CLASS, E2E_INGRESS_PEER, E2E_NETWORK_POLICY } = this.settings;
    return JSON.stringify({
      image: imageOf(E2E_IMAGE),
      resources: { requests: { cpu: '150m', memory: '512Mi' }, limits: { memory: '512Mi' } },
      redis: {
        mode: 'embedded',
        auth: { existingSecret: 'charts-redis' },
        embedded: { image: imageOf(E2E_REDIS_IMAGE), resources: { requests: { cpu: '50m', memory: '128Mi' } } },
      },
      ingress: { enabled: true, className: E2E_INGRESS_CLASS, hosts: [HOST] },
      networkPolicy: {
        clients: [JSON.parse(E2E_INGRESS_PEER) as unknown],
        ...(E2E_NETWORK_POLICY === '' ? {} : (JSON.parse(E2E_NETWORK_POLICY) as object)),
      },
      autoscaling: {
        minReplicas: 2,
        maxReplicas: 4,
        behavior: {
          scaleDown: {
            stabilizationWindowSeconds: 20,
            policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
          },
        },
      },
      dataset: {
        source: 'claim',
        claim: { name: 'charts-data', accessMode: 'ReadWriteMany', subPath: 'charts' },
        caSecret: 'files-ca',
        watchSeconds: 2,
        refresh: {
          ...{ enabled: true, suspend: true, urls: [FILES_URL], memoryLimit: '512MB', keep: 2 },
          resources: { requests: { cpu: '50m', memory: '768Mi' }, limits: { memory: '768Mi' } },
        },
      },
      ...more,
    });
  }

  /** Installs or upgrades and waits until every pod is ready. */
  async install(more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.helm(['upgrade', '--install', RELEASE, CHART, '--values', '-', '--wait', '--timeout', '5m'], more);
  }

  /** Helm on the release, in its namespace; values go in by standard input. */
  helm(args: readonly string[], more?: Readonly<Record<string, unknown>>): Promise<string> {
    return this.shell.helm(['--namespace', NAMESPACE, ...args], more && this.values(more));
  }

  /** Goes back to the revision before. */
  async rollback(): Promise<void> {
    await this.helm(['rollback', RELEASE, '--wait', '--timeout', '5m']);
  }

  /** kubectl in the release's namespace. */
  kubectl(...args: readonly string[]): Promise<string> {
    return this.shell.kubectl(['--namespace', NAMESPACE, ...args]);
  }

  /** Pods of a component that are not on their way out. */
  async pods(component = 'api'): Promise<readonly Pod[]> {
    const selector = `app.kubernetes.io/instance=${RELEASE},app.kubernetes.io/component=${component}`;
    const { items } = JSON.parse(await this.kubectl('get', 'pods', '--selector', selector, '--output', 'json')) as {
      readonly items: readonly PodObject[];
    };
    return items
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata: { name }, status: { podIP = '', conditions = [] } }) => ({
        ...{ name, ip: podIP },
        ready: conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
      }));
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

  /** Versions of the dataset that the pods serve. */
  async datasetVersions(): Promise<readonly (string | undefined)[]> {
    const texts = await Promise.all((await this.pods()).map((pod) => this.metrics(pod)));
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
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** An image's name as the chart takes it; it is in the cluster already. */
export function imageOf(name: string) {
  const colon = name.lastIndexOf(':');
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1), pullPolicy: 'IfNotPresent' };
}
