import type { ObservedPod, PodSample } from './replica-count.js';
import { meanCostUs, type HitShares, type PathCosts } from './request-cost.js';

/** Pods as the simulation makes them. */
export interface PodModel {
  /** CPU request in thousandths of a core. */
  readonly requestMilli: number;
  /** Cores that a pod can keep busy: its event loop's one, or less where a limit or a full node holds it. */
  readonly cores: number;
  readonly costs: PathCosts;
  /** Hit shares of a pod whose memory is warm. */
  readonly shares: HitShares;
  /** Requests after which memory has 63 % of its share of hits; a new pod begins with none. */
  readonly warmUpRequests: number;
  /** Least and greatest time from the wish for a pod to its process: scheduling, volumes, image. */
  readonly pendingSeconds: readonly [number, number];
  /** Least and greatest time from its process to the first request: start, startup probe, endpoints. */
  readonly startingSeconds: readonly [number, number];
  /** Cores that a starting pod uses. */
  readonly startingCores: number;
  /** Seconds until connections have moved so that a new pod has its full share; 0 where requests are balanced. */
  readonly rebalanceSeconds: number;
}

/** What a pod did in a second. */
export interface PodSecond {
  readonly servedPerSecond: number;
  readonly capacityPerSecond: number;
  readonly usedCores: number;
}

/** Sums since the process began, as the kubelet keeps them. */
interface Sums {
  readonly atSeconds: number;
  readonly cpuSeconds: number;
  readonly requests: number;
}

/** A pod in virtual time: pending, starting, ready; with the CPU it uses and the samples that are taken of it. */
export class SimulatedPod {
  private cpuSeconds = 0;
  private requests = 0;
  private readonly scrapes: Sums[] = [];
  private constructor(
    readonly name: string,
    private readonly model: PodModel,
    private readonly startSeconds: number,
    private readonly readySeconds: number,
    private readonly isWarm: boolean,
  ) {}

  /** A pod that has run for long and is warm. */
  static running(number: number, model: PodModel, nowSeconds: number): SimulatedPod {
    return new SimulatedPod(`pod-${number}`, model, nowSeconds - 3600, nowSeconds - 3600, true);
  }

  /** A pod wished for now. Times differ from pod to pod, and not from run to run. */
  static created(number: number, model: PodModel, nowSeconds: number): SimulatedPod {
    const start = nowSeconds + between(model.pendingSeconds, number);
    return new SimulatedPod(`pod-${number}`, model, start, start + between(model.startingSeconds, number * 3), false);
  }

  isReady(nowSeconds: number): boolean {
    return this.readySeconds <= nowSeconds;
  }

  /** Weight of the pod among those that share the load: 1, and less while connections move to it. */
  weight(nowSeconds: number): number {
    if (!this.isReady(nowSeconds)) return 0;
    const { rebalanceSeconds } = this.model;
    return this.isWarm || rebalanceSeconds === 0 ? 1 : Math.min(1, (nowSeconds - this.readySeconds) / rebalanceSeconds);
  }

  /** A second of this pod with so many requests offered. */
  live(nowSeconds: number, offeredPerSecond: number): PodSecond {
    if (nowSeconds < this.startSeconds) return { servedPerSecond: 0, capacityPerSecond: 0, usedCores: 0 };
    if (!this.isReady(nowSeconds)) {
      const usedCores = Math.min(this.model.startingCores, this.model.cores);
      this.cpuSeconds += usedCores;
      return { servedPerSecond: 0, capacityPerSecond: 0, usedCores };
    }
    const costUs = this.costUs();
    const capacityPerSecond = (this.model.cores * 1e6) / costUs;
    const servedPerSecond = Math.min(offeredPerSecond, capacityPerSecond);
    const usedCores = (servedPerSecond * costUs) / 1e6;
    this.cpuSeconds += usedCores;
    this.requests += servedPerSecond;
    return { servedPerSecond, capacityPerSecond, usedCores };
  }

  private costUs(): number {
    const { costs, shares, warmUpRequests } = this.model;
    const warmth = this.isWarm || warmUpRequests === 0 ? 1 : 1 - Math.exp(-this.requests / warmUpRequests);
    return meanCostUs(costs, { ...shares, memory: shares.memory * warmth });
  }

  /** Notes the sums; a sample is what lies between two such notes. */
  scrape(nowSeconds: number): void {
    if (nowSeconds < this.startSeconds) return;
    this.scrapes.push({ atSeconds: nowSeconds, cpuSeconds: this.cpuSeconds, requests: this.requests });
  }

  /** The mean over the last window that was scraped; undefined when the pod has not run for as long as that. */
  sample(what: 'cpu' | 'requests', windowSeconds: number): PodSample | undefined {
    const last = this.scrapes.at(-1);
    const first = last && this.scrapes.findLast(({ atSeconds }) => atSeconds <= last.atSeconds - windowSeconds);
    if (!first) return undefined;
    const seconds = last.atSeconds - first.atSeconds;
    const sum = what === 'cpu' ? last.cpuSeconds - first.cpuSeconds : last.requests - first.requests;
    return { milli: Math.ceil((sum / seconds) * 1000), atSeconds: last.atSeconds, windowSeconds: seconds };
  }

  /** The pod as the autoscaler sees it. */
  observed(nowSeconds: number): ObservedPod {
    const running = nowSeconds >= this.startSeconds;
    const ready = this.isReady(nowSeconds);
    return {
      name: this.name,
      phase: running ? 'Running' : 'Pending',
      startedAtSeconds: running ? this.startSeconds : undefined,
      ready,
      readyChangedAtSeconds: ready ? this.readySeconds : this.startSeconds,
      requestMilli: this.model.requestMilli,
    };
  }
}

/** Multiples of the golden ratio lie evenly between 0 and 1 however many are taken. */
function between([least, most]: readonly [number, number], number: number): number {
  return Math.round(least + (most - least) * ((number * 0.618033988749895) % 1));
}
