/**
 * When the requests of an open model are due: one every 1 / rate seconds from the start on, whatever becomes of those
 * before. Throws a RangeError for a rate that is not above 0.
 */
export class Arrivals {
  constructor(
    private readonly requestsPerSecond: number,
    /** Requests in all. */
    readonly total: number,
  ) {
    if (!(requestsPerSecond > 0)) throw new RangeError(`the rate must be above 0, not ${requestsPerSecond}`);
  }

  /** Milliseconds after the start at which request `index`, counted from 0, is due. */
  dueAtMs(index: number): number {
    return (index * 1000) / this.requestsPerSecond;
  }

  /** How many requests are due by then. */
  dueBy(elapsedMs: number): number {
    if (elapsedMs < 0) return 0;
    return Math.min(this.total, Math.floor((elapsedMs * this.requestsPerSecond) / 1000 + 1e-9) + 1);
  }
}
