/**
 * Milliseconds for which a refusal is held back. Clients that ask again at once, or that have more to ask on the same
 * connections, would have the service do nothing but refuse: the head of a request costs as much as its answer from memory.
 */
export const HOLD_MS = 20;
/** Where a hold ends later than that by so much, clients wait for their turn anyway. */
const LATE_MS = 5;
/** For so long refusals are then sent at once, or they would come too late: longer each time that the next hold is late too. */
const PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 6400;

/** Decides which refusals are held back. Times are those of `performance.now()`. */
export class RefusalHold {
  private until = -Infinity;
  private pauseMs = PAUSE_MS;
  private lastAt = -Infinity;

  /** Whether a refusal at this time is held back. The first ones after a while are not: most likely they come late already. */
  holds(now: number): boolean {
    if (now - this.lastAt > PAUSE_MS) {
      this.pauseMs = PAUSE_MS;
      this.until = Math.max(this.until, now + PAUSE_MS);
    }
    this.lastAt = now;
    return now >= this.until;
  }

  /** Told when a hold has ended, and how late. */
  ended(now: number, lateMs: number): void {
    // What was held beside it tells nothing new.
    if (now < this.until) return;
    if (lateMs <= LATE_MS) {
      this.pauseMs = PAUSE_MS;
      return;
    }
    this.until = now + this.pauseMs;
    this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
