/** Weight of the newest distance in their mean. */
const NEWEST = 0.05;
/** A pause counts for no more than so many milliseconds. */
const LONGEST_MS = 20;
/**
 * Distances without anybody after which no more are waited for. Of what comes by chance hardly anything comes after a longer
 * one. Clients that wait for their answers have mostly all come before, which `Crowd` knows: this is for when fewer come than
 * did lately.
 */
const DISTANCES = 10;

/** Learns at what distance questions come, to tell when those that belong together are there. */
export class Arrivals {
  private lastAt = -Infinity;
  private distanceMs = 0;

  /** One comes; in milliseconds as those of {@link overAt}. */
  come(now: number): void {
    const passedMs = Math.min(now - this.lastAt, LONGEST_MS);
    this.distanceMs += NEWEST * (passedMs - this.distanceMs);
    this.lastAt = now;
  }

  /** From when on, if nobody comes, it is not worth to wait for others. */
  get overAt(): number {
    return this.lastAt + DISTANCES * this.distanceMs;
  }
}
