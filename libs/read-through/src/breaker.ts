/** Whether a store is asked: always, not for a while, or once to see whether it is back. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** When a breaker opens and for how long. */
export interface BreakerOptions {
  /** Failures in a row after which it opens. */
  readonly failures: number;
  /** Milliseconds after which one call is let through again, give or take a fifth, so that many processes do not come at once. */
  readonly retryMs: number;
  readonly now: () => number;
  readonly random: () => number;
}

/** Keeps calls away from something that fails: open after some failures in a row, closed again by the first success. */
export class Breaker {
  private failed = 0;
  private retryAt = 0;
  private probing = false;

  constructor(private readonly options: BreakerOptions) {}

  get state(): BreakerState {
    if (this.failed < this.options.failures) return 'closed';
    return this.probing || this.options.now() >= this.retryAt ? 'half-open' : 'open';
  }

  /** Whether a call may go through; one that may has to end in {@link succeed} or {@link fail}. */
  admits(): boolean {
    if (this.failed < this.options.failures) return true;
    if (this.probing || this.options.now() < this.retryAt) return false;
    this.probing = true;
    return true;
  }

  succeed(): void {
    this.failed = 0;
    this.probing = false;
  }

  fail(): void {
    this.failed++;
    this.probing = false;
    if (this.failed < this.options.failures) return;
    const { now, random, retryMs } = this.options;
    this.retryAt = now() + retryMs * (0.8 + 0.4 * random());
  }
}
