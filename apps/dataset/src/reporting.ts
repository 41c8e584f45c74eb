/** A part of the work whose progress is shown. */
export interface Phase {
  /** Adds finished units. */
  advance(units: number): void;
  /** Ends the part; the detail is shown with the time it took. */
  done(detail?: string): void;
}

/** Where the work says how far it is; a bar on a terminal, plain lines otherwise, nothing when quiet. */
export interface Reporter {
  /** Begins a part, of so many units if the total is known. */
  readonly phase: (name: string, total?: number, unit?: 'bytes' | 'rows' | 'charts' | 'artists') => Phase;
  /** Something the user should know that is no error (an ignored column, a cleaned-up folder). */
  readonly notice: (text: string) => void;
}

/** A reporter that says nothing. */
export const silent: Reporter = {
  phase: () => ({ advance: () => undefined, done: () => undefined }),
  notice: () => undefined,
};

/** An error of the user's input or options: its message says what is wrong and what would be right; no stack is shown. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
