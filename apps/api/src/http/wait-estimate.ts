/** Milliseconds of a core that an answer takes where nothing else runs: what is believed until a queue has shown better. */
const LEAST_MS_PER_ANSWER = 0.15;
/**
 * Milliseconds in which there was something to do, and finished answers, that make up a sample; or so many milliseconds,
 * however few there are. The first answer after something kept the event loop for a moment would else make up one of its
 * own, and tell of that.
 */
const SAMPLE_MS = 50;
const SAMPLE_ANSWERS = 128;
const LONGEST_SAMPLE_MS = 250;
/** Share of what was known that is left after a sample of SAMPLE_MS; of a longer one accordingly less. */
const LEFT = 0.7;
/**
 * Answers that are being made, on average, for a sample to tell what an answer costs. Where there are fewer it tells how
 * long one takes: many at a time share the planning of a query and take a fraction of that each.
 */
const QUEUE = 12;
/** Milliseconds after which what was measured halves again and again: the load that it was measured under is gone. */
const FRESH_MS = 1000;

/**
 * How long an answer that is begun now will wait for those before it: their number times the time from one finished answer
 * to the next (Little's law), measured while there is a queue. So it knows of a throttled processor, a slow disk, and of all
 * else that keeps the event loop, without looking at any of them. A time in which nothing is done, such as that in which
 * questions are gathered, is none of an answer's: at half of what can be carried each would seem to take twice as long.
 */
export class WaitEstimate {
  private running = 0;
  private msPerAnswer = 0;
  private measuredAt = -Infinity;
  private workedMs = 0;
  private since = 0;
  private ended = 0;
  private queued = 0;

  /** Both give milliseconds that never go back: those in which there was something to do, and all. */
  constructor(
    private readonly worked: () => number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Answers that are being made. */
  get inFlight(): number {
    return this.running;
  }

  /** Milliseconds that an answer would wait if so many were before it. */
  waitMs(before: number): number {
    return before * this.perAnswer(this.now());
  }

  /** An answer is begun. */
  begin(): void {
    if (this.running++ === 0) this.since = this.worked();
  }

  /** An answer that was begun is there, or has failed. */
  end(): void {
    this.ended++;
    this.queued += this.running--;
    const worked = this.worked();
    const workedMs = this.workedMs + worked - this.since;
    if (workedMs >= (this.ended < SAMPLE_ANSWERS ? LONGEST_SAMPLE_MS : SAMPLE_MS)) this.sample(workedMs, worked);
    else if (this.running === 0) this.workedMs = workedMs;
  }

  private sample(workedMs: number, worked: number): void {
    if (this.queued >= QUEUE * this.ended) {
      const now = this.now();
      const sample = workedMs / this.ended;
      const known = this.perAnswer(now);
      this.msPerAnswer = sample + LEFT ** (workedMs / SAMPLE_MS) * (known - sample);
      this.measuredAt = now;
    }
    this.workedMs = this.ended = this.queued = 0;
    this.since = worked;
  }

  private perAnswer(now: number): number {
    const staleMs = now - this.measuredAt - FRESH_MS;
    const measured = staleMs > 0 ? this.msPerAnswer / 2 ** (staleMs / FRESH_MS) : this.msPerAnswer;
    return Math.max(LEAST_MS_PER_ANSWER, measured);
  }
}
