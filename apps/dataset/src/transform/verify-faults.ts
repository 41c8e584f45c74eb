const MOST = 50;

/** Collects what a verification finds, the first {@link MOST} in words. */
export class Faults {
  private readonly found: string[] = [];
  private more = 0;

  /** Adds a fault. */
  add(fault: string): void {
    if (this.found.length < MOST) this.found.push(fault);
    else this.more++;
  }

  /** Adds a fault when the values differ. */
  expect(what: string, found: number | string, expected: number | string): void {
    if (found !== expected) this.add(`${what}: found ${found}, expected ${expected}`);
  }

  /** All faults, the last one a count of what was not listed. */
  get list(): readonly string[] {
    return this.more === 0 ? this.found : [...this.found, `and ${this.more} more`];
  }
}
