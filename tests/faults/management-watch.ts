const EVERY_MS = 200;
const PATHS = ['/livez', '/readyz', '/metrics'];

/** Asks the probes and the metrics of a service in turn, until it is stopped. */
export class ManagementWatch {
  /** How often they were asked, and how often with another answer than 200. */
  asked = 0;
  failed = 0;
  worstMs = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly asking = new Set<Promise<void>>();

  constructor(private readonly port: number) {
    this.timer = setInterval(() => {
      const asked = this.ask(PATHS[this.asked++ % PATHS.length]!).finally(() => this.asking.delete(asked));
      this.asking.add(asked);
    }, EVERY_MS);
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.asking);
  }

  private async ask(path: string): Promise<void> {
    const start = performance.now();
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}${path}`);
      await response.arrayBuffer();
      if (response.status !== 200) this.failed++;
    } catch {
      this.failed++;
    }
    this.worstMs = Math.max(this.worstMs, performance.now() - start);
  }
}
