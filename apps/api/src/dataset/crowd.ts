/** Share of what was known of earlier queries that each one replaces, where fewer were under way. */
const NEWEST = 0.1;

/**
 * Learns how many questions are under way at a time, to tell when all who ask wait already: clients that ask again when they
 * are answered are then all there, and nobody would come until one is. Where questions come whatever the answers do, more
 * come while a query runs, and so more are waited for before the next.
 */
export class Crowd {
  private readonly told: (() => void)[] = [];
  private underWay = 0;
  private most = 0;

  /** Calls this whenever somebody has come with whom all are there. */
  whenComplete(tell: () => void): void {
    this.told.push(tell);
  }

  /** Somebody asks. */
  come(): void {
    this.underWay++;
    if (this.isComplete) for (const tell of this.told) tell();
  }

  /** A query has ended, and so many have their answers, or will not get them. */
  leave(count: number): void {
    const more = this.underWay - this.most;
    this.most += more > 0 ? more : NEWEST * more;
    this.underWay -= count;
  }

  /** Whether as many are under way as there were lately. */
  get isComplete(): boolean {
    return this.underWay >= this.most - 0.5;
  }
}
