import { Agent, get } from 'node:http';
import { Histogram } from '../../loadtest/generator/histogram.js';

/** Two services that answer the same, and what they are asked. */
export interface ComparedPlan {
  /** Port of 127.0.0.1 of the service that something is done to. */
  readonly port: number;
  /** The same of the service that is left alone. */
  readonly referencePort: number;
  readonly requestsPerSecond: number;
  /** Makes the next path. */
  readonly path: () => string;
}

/** What came of a stretch of requests. */
export interface ComparedResult {
  readonly sent: number;
  /** Answers of the service that were none, not 200, or another than the reference gave, by what was wrong. */
  readonly errors: Readonly<Record<string, number>>;
  readonly failed: number;
  /** From when a request was due to the last byte of its answer. */
  readonly latency: Histogram;
  readonly referenceLatency: Histogram;
}

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: Buffer;
}

const TIMEOUT_MS = 10_000;

/** The same requests at a constant rate to two services, due whatever the answers do; each pair of answers is compared to the last byte. */
export class ComparedRequests {
  private stretch = new Stretch();
  private readonly agents: readonly [Agent, Agent];
  private readonly underWay = new Set<Promise<void>>();
  private readonly startedAt = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private asked = 0;

  constructor(private readonly plan: ComparedPlan) {
    const agent = () => new Agent({ keepAlive: true, scheduling: 'fifo' });
    this.agents = [agent(), agent()];
    this.tick();
  }

  /** What came since the start or the last call; requests under way count when they are answered. */
  take(): ComparedResult {
    const taken = this.stretch;
    this.stretch = new Stretch();
    return taken;
  }

  /** Sends no more, waits for what is under way, and tells what came since the start or the last {@link take}. */
  async stop(): Promise<ComparedResult> {
    clearTimeout(this.timer);
    await Promise.all(this.underWay);
    for (const agent of this.agents) agent.destroy();
    return this.take();
  }

  private readonly tick = (): void => {
    const periodMs = 1000 / this.plan.requestsPerSecond;
    while (this.startedAt + this.asked * periodMs <= performance.now()) {
      const pair = this.ask(this.startedAt + this.asked++ * periodMs, periodMs).finally(() =>
        this.underWay.delete(pair),
      );
      this.underWay.add(pair);
    }
    this.timer = setTimeout(this.tick, Math.max(1, this.startedAt + this.asked * periodMs - performance.now()));
  };

  /** Asks one and, half a period on, the other, so that they do not get in each other's way. */
  private async ask(dueAt: number, periodMs: number): Promise<void> {
    const { port, referencePort, path } = this.plan;
    const [agent, referenceAgent] = this.agents;
    const asked = path();
    const first = timed(agent, port, asked, dueAt);
    await new Promise((resolve) => setTimeout(resolve, periodMs / 2));
    const second = timed(referenceAgent, referencePort, asked, performance.now());
    const [given, right] = await Promise.all([first, second]);
    this.stretch.count(given, right);
  }
}

interface Timed {
  readonly answer: Answer | Error;
  readonly latencyMs: number;
}

async function timed(agent: Agent, port: number, path: string, dueAt: number): Promise<Timed> {
  const answer = await fetched(agent, port, path).catch((error: unknown) => error as Error);
  return { answer, latencyMs: performance.now() - dueAt };
}

function fetched(agent: Agent, port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, path, agent, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, head: `${headers['content-type']} ${headers.etag}`, body: Buffer.concat(chunks) });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
    request.on('error', reject);
  });
}

class Stretch implements ComparedResult {
  readonly latency = new Histogram();
  readonly referenceLatency = new Histogram();
  readonly errors: Record<string, number> = {};
  sent = 0;
  failed = 0;

  count(given: Timed, right: Timed): void {
    this.sent++;
    this.latency.record(given.latencyMs * 1000);
    this.referenceLatency.record(right.latencyMs * 1000);
    const wrong = difference(given.answer, right.answer);
    if (wrong === undefined) return;
    this.failed++;
    this.errors[wrong] = (this.errors[wrong] ?? 0) + 1;
  }
}

/** What is wrong with an answer, undefined when nothing is. */
function difference(given: Answer | Error, right: Answer | Error): string | undefined {
  if (right instanceof Error) return `reference: ${right.message}`;
  if (given instanceof Error) return given.message;
  if (given.status !== 200) return `status ${given.status}`;
  if (right.status !== 200) return `reference: status ${right.status}`;
  if (given.head !== right.head) return `headers ${given.head} where ${right.head} is right`;
  return given.body.equals(right.body) ? undefined : 'another body';
}
