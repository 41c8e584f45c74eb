import { setTimeout as delay } from 'node:timers/promises';

/** A claim about the running system and what was seen. */
export interface Finding {
  /** What was done. */
  readonly what: string;
  /** What came of it, with its numbers. */
  readonly result: string;
  /** Whether that is as it has to be; undefined where it is only told. */
  readonly ok: boolean | undefined;
}

/** Collects what was found, and says it as it comes. */
export class Proof {
  readonly findings: Finding[] = [];

  /** Notes a result; `ok` says whether it is as it has to be. */
  note(what: string, ok: boolean | undefined, result: string): void {
    this.findings.push({ what, result, ok });
    console.log(`${ok === undefined ? 'told  ' : ok ? 'ok    ' : 'FAILED'} ${what}: ${result}`);
  }

  /** Does something whose failure is an error, and notes how long it took. Tells whether it was done. */
  async step(what: string, action: () => Promise<string | undefined>): Promise<boolean> {
    const start = performance.now();
    try {
      const result = await action();
      this.note(what, true, `${result === undefined ? '' : `${result}, `}${seconds(start)} s`);
      return true;
    } catch (error) {
      this.note(what, false, `${(error as Error).message} (after ${seconds(start)} s)`);
      return false;
    }
  }

  get proven(): number {
    return this.findings.filter(({ ok }) => ok === true).length;
  }

  get failed(): number {
    return this.findings.filter(({ ok }) => ok === false).length;
  }
}

/** Waits until something is so. Throws what was seen last when it is not within the time. */
export async function until<T>(what: string, timeoutSeconds: number, look: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > end) throw new Error(`${what}: not within ${timeoutSeconds} s`);
    await delay(500);
  }
}

function seconds(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}
