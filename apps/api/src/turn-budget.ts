/** How much may be done in one turn of the event loop, so that nobody waits for all that one client asks for at once. */
export class TurnBudget {
  private left: number;
  private isBegun = false;

  /** So much a turn; the last that is done may exceed it. */
  constructor(private readonly most: number) {
    this.left = most;
  }

  /** Whether there is nothing left of it in this turn. */
  get isSpent(): boolean {
    return this.left <= 0;
  }

  /** Takes off what was done; the whole is there again after what has arrived by now. */
  spend(amount: number): void {
    this.left -= amount;
    if (this.isBegun) return;
    this.isBegun = true;
    setImmediate(this.renew);
  }

  private readonly renew = (): void => {
    this.isBegun = false;
    this.left = this.most;
  };
}
