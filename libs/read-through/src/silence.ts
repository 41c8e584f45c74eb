/**
 * Tells when somebody who was asked has said nothing at all for a while. A deadline alone says so only after its whole
 * time, for which everybody who comes meanwhile would wait; one timer for all that is under way.
 */
export class Silence {
  /** Whether it lasts. */
  lasts = false;
  private underWay = 0;
  /** Answers, and ends of waiting for them. */
  private events = 0;
  private listening = false;

  constructor(
    /** Milliseconds without an answer that make a silence. */
    private readonly afterMs: number,
  ) {}

  /** Something is asked; it has to end in {@link hear} or {@link giveUp}. */
  ask(): void {
    this.underWay++;
    if (!this.listening) this.listen();
  }

  /** An answer came, whatever it says. */
  hear(): void {
    this.underWay--;
    this.events++;
    this.lasts = false;
  }

  /** An answer is not waited for any more. With nothing under way there is nobody who could end the silence but the next. */
  giveUp(): void {
    this.underWay--;
    if (this.underWay > 0) return;
    this.events++;
    this.lasts = false;
  }

  private listen(): void {
    const { events } = this;
    this.listening = true;
    // Once more round the event loop: when this process was held up, the answer may be there and has to be read first.
    setTimeout(() => setImmediate(() => this.look(events)), this.afterMs).unref();
  }

  private look(events: number): void {
    this.listening = false;
    if (this.underWay === 0) return;
    if (this.events === events) this.lasts = true;
    this.listen();
  }
}
