import type { AutoscalerSpec, MetricTarget } from './autoscaler-spec.js';
import { HorizontalAutoscaler } from './horizontal-autoscaler.js';
import type { LoadProfile } from './load-profile.js';
import type { PodSample } from './replica-count.js';
import { SimulatedPod, type PodModel } from './simulated-pod.js';

/** How what happens reaches the autoscaler. */
export interface Rhythm {
  /** Between looks of the autoscaler. */
  readonly syncSeconds: number;
  /** Between scrapes of the metrics server, and how long a mean it tells. */
  readonly scrapeSeconds: number;
  readonly windowSeconds: number;
  /** From a scrape until the autoscaler can read it. */
  readonly delaySeconds: number;
}

/** Defaults of kube-controller-manager, and of the metrics server with two scrapes to a window. */
export const RHYTHM: Rhythm = { syncSeconds: 15, scrapeSeconds: 15, windowSeconds: 30, delaySeconds: 2 };

/** A run in virtual time; nothing in it is left to chance. */
export interface Simulation {
  readonly autoscaler: AutoscalerSpec;
  readonly pod: PodModel;
  readonly load: LoadProfile;
  readonly seconds: number;
  readonly initialReplicas: number;
  readonly rhythm?: Rhythm;
  /** Seconds by which the rhythm is shifted against the load. */
  readonly phaseSeconds?: number;
  /** What the pods' metrics by these names tell; one that is not named here is not delivered. */
  readonly podMetrics?: Readonly<Record<string, 'requests' | 'cpu'>>;
}

/** One second of a run. */
export interface Moment {
  readonly second: number;
  readonly offeredPerSecond: number;
  readonly servedPerSecond: number;
  /** What the ready pods can answer of what reaches them. */
  readonly capacityPerSecond: number;
  readonly replicas: number;
  readonly readyPods: number;
  /** Mean use of the ready pods, in percent of their CPU request. */
  readonly usePercent: number;
}

/** Plays a run second by second: the load is shared out, pods use CPU, metrics are scraped, the autoscaler looks. */
export function simulate(run: Simulation): readonly Moment[] {
  const cluster = new Cluster(run);
  return Array.from({ length: run.seconds }, (_, second) => cluster.pass(second));
}

class Cluster {
  private readonly autoscaler: HorizontalAutoscaler;
  private readonly rhythm: Rhythm;
  private pods: readonly SimulatedPod[];
  private created: number;
  /** Samples as of the scrape that the autoscaler can read by now. */
  private readable = new Map<SimulatedPod, { cpu?: PodSample | undefined; requests?: PodSample | undefined }>();

  constructor(private readonly run: Simulation) {
    this.autoscaler = new HorizontalAutoscaler(run.autoscaler);
    this.rhythm = run.rhythm ?? RHYTHM;
    this.created = run.initialReplicas;
    this.pods = Array.from({ length: this.created }, (_, i) => SimulatedPod.running(i, run.pod, 0));
  }

  pass(second: number): Moment {
    const { phaseSeconds = 0 } = this.run;
    const { scrapeSeconds, delaySeconds, syncSeconds } = this.rhythm;
    const due = (period: number, offset: number) => (second + phaseSeconds - offset) % period === 0;
    const moment = this.live(second);
    if (due(scrapeSeconds, 0)) this.pods.forEach((pod) => pod.scrape(second));
    if (due(scrapeSeconds, delaySeconds)) this.publish();
    // The offset is the worst case: what was published has just been missed.
    if (due(syncSeconds, delaySeconds - 1)) this.reconcile(second);
    return moment;
  }

  private live(second: number): Moment {
    const offeredPerSecond = this.run.load.at(second);
    const weights = this.pods.map((pod) => pod.weight(second));
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    let [served, capacity, used, ready] = [0, 0, 0, 0];
    this.pods.forEach((pod, i) => {
      const { servedPerSecond, capacityPerSecond, usedCores } = pod.live(
        second,
        whole === 0 ? 0 : (offeredPerSecond * weights[i]!) / whole,
      );
      served += servedPerSecond;
      capacity += capacityPerSecond * weights[i]!;
      if (!pod.isReady(second)) return;
      ready += 1;
      used += usedCores;
    });
    return {
      ...{ second, offeredPerSecond, servedPerSecond: served, capacityPerSecond: capacity },
      ...{ replicas: this.pods.length, readyPods: ready },
      usePercent: ready === 0 ? 0 : (used * 1e5) / (ready * this.run.pod.requestMilli),
    };
  }

  private publish(): void {
    const { windowSeconds } = this.rhythm;
    this.readable = new Map(
      this.pods.map((pod) => [
        pod,
        { cpu: pod.sample('cpu', windowSeconds), requests: pod.sample('requests', windowSeconds) },
      ]),
    );
  }

  private reconcile(second: number): void {
    const replicas = this.autoscaler.reconcile({
      nowSeconds: second,
      currentReplicas: this.pods.length,
      pods: this.pods.map((pod) => pod.observed(second)),
      samples: (metric) => this.samplesOf(metric),
    });
    const missing = Math.max(0, replicas - this.pods.length);
    const more = Array.from({ length: missing }, () => SimulatedPod.created(this.created++, this.run.pod, second));
    this.pods = [...this.kept(replicas, second), ...more];
  }

  /** As a ReplicaSet: those that are not ready go first, then the youngest. */
  private kept(replicas: number, second: number): readonly SimulatedPod[] {
    const ready = this.pods.filter((pod) => pod.isReady(second));
    return [...ready, ...this.pods.filter((pod) => !pod.isReady(second))].slice(0, replicas);
  }

  private samplesOf({ source, name }: MetricTarget): ReadonlyMap<string, PodSample> {
    const what = source === 'cpu' ? 'cpu' : this.run.podMetrics?.[name];
    return new Map(
      [...this.readable].flatMap(([pod, samples]) => {
        const sample = what && samples[what];
        return sample ? [[pod.name, sample] as const] : [];
      }),
    );
  }
}
