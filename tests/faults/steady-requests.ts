import { Histogram } from '../../loadtest/generator/histogram.js';
import { runOpen, type Outgoing } from '../../loadtest/generator/open-model.js';

/** What is asked, how often and of whom. */
export interface SteadyPlan {
  readonly port: number;
  readonly requestsPerSecond: number;
  /** Connections that are used in turn; 16 unless given. */
  readonly connections?: number;
  /** The paths in turn, from the start again, or what makes the next one. */
  readonly paths: readonly string[] | (() => string);
  /** Header lines of each request, such as `Accept-Encoding: gzip`. */
  readonly headers?: readonly string[];
  /** Statuses that are right; 200 unless given. */
  readonly statuses?: readonly number[];
  /** Milliseconds after which a request is given up; 10,000 unless given. */
  readonly timeoutMs?: number;
  /** Told of each answer, with its head as it came, and how long it took from when it was due. */
  readonly answered?: (path: string, status: number, head: string, latencyMs: number) => void;
}

/** What came of the requests of a stretch of time. */
export interface SteadyResult {
  readonly sent: number;
  readonly answered: number;
  /** Requests without a right answer, by what went wrong. */
  readonly errors: Readonly<Record<string, number>>;
  readonly failed: number;
  /** From when a request was due to the last byte of its answer. */
  readonly latency: Histogram;
  readonly worstMs: number;
}

/** Requests at a constant rate to 127.0.0.1, due whatever the answers do, until they are stopped. */
export class SteadyRequests {
  private current = new Stretch();
  private over = false;
  private readonly ended: Promise<void>;
  private readonly statuses: ReadonlySet<number>;
  private asked = 0;

  constructor(private readonly plan: SteadyPlan) {
    const { port, requestsPerSecond, connections = 16, statuses = [200], timeoutMs = 10_000 } = plan;
    this.statuses = new Set(statuses);
    const failed = (reason: string) => this.current.failed(reason);
    this.ended = runOpen<string>({
      endpoint: { host: '127.0.0.1', port, tls: false, authority: `127.0.0.1:${port}` },
      ...{ connections, inTurn: true, timeoutMs, spinMs: 0, failed, dropped: failed },
      arrivals: {
        total: Number.MAX_SAFE_INTEGER,
        dueAtMs: (index) => (index * 1000) / requestsPerSecond,
        dueBy: (elapsedMs) => Math.floor((elapsedMs * requestsPerSecond) / 1000) + 1,
      },
      next: () => this.next(),
      answered: (path, status, head, _bytes, latencyMs) => this.answered(path, status, head, latencyMs),
      isOver: () => this.over,
    });
  }

  /** What came since the start or the last call; requests under way count when they are answered. */
  take(): SteadyResult {
    const taken = this.current.result();
    this.current = new Stretch();
    return taken;
  }

  /** Lets the requests go on for a time and tells what came of that stretch alone. */
  async during(milliseconds: number): Promise<SteadyResult> {
    this.take();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return this.take();
  }

  /** Sends no more, waits for what is under way, and tells what came since the start or the last {@link take}. */
  async stop(): Promise<SteadyResult> {
    this.over = true;
    await this.ended;
    return this.take();
  }

  private next(): Outgoing<string> {
    const { paths, headers = [], port } = this.plan;
    const path = typeof paths === 'function' ? paths() : paths[this.asked++ % paths.length]!;
    const lines = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers, '', ''];
    return { bytes: Buffer.from(lines.join('\r\n')), asked: path };
  }

  private answered(path: string, status: number, head: string, latencyMs: number): void {
    if (this.statuses.has(status)) this.current.answered(latencyMs);
    else this.current.failed(`status ${status}`);
    this.plan.answered?.(path, status, head, latencyMs);
  }
}

class Stretch {
  private readonly latency = new Histogram();
  private readonly errors: Record<string, number> = {};
  private count = 0;
  private lost = 0;

  answered(latencyMs: number): void {
    this.count++;
    this.latency.record(latencyMs * 1000);
  }

  failed(reason: string): void {
    this.lost++;
    this.errors[reason] = (this.errors[reason] ?? 0) + 1;
  }

  result(): SteadyResult {
    const { latency, errors, count: answered, lost: failed } = this;
    return { sent: answered + failed, answered, failed, errors, latency, worstMs: latency.maxUs / 1000 };
  }
}
