/** What {@link WorkClock} looks at, both in milliseconds that never go back. */
export interface Times {
  readonly now: () => number;
  /** For how long the event loop has waited for something to happen. */
  readonly idle: () => number;
}

const TIMES: Times = { now: () => performance.now(), idle: () => performance.eventLoopUtilization().idle };

/**
 * Milliseconds in which there was something to do: it stands still while the event loop waits and no query runs, as while
 * questions are gathered. A query counts for as long as it takes, be it the processor or the disk that it waits for.
 */
export class WorkClock {
  private running = 0;
  private idleAtStart = 0;
  private idleInQueries = 0;

  constructor(private readonly times: Times = TIMES) {}

  get ms(): number {
    const idle = this.times.idle();
    const inQueries = this.idleInQueries + (this.running > 0 ? idle - this.idleAtStart : 0);
    return this.times.now() - idle + inQueries;
  }

  queryBegins(): void {
    if (this.running++ === 0) this.idleAtStart = this.times.idle();
  }

  queryEnds(): void {
    if (--this.running === 0) this.idleInQueries += this.times.idle() - this.idleAtStart;
  }
}
