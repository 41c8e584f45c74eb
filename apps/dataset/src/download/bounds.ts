import { DownloadError } from './download-error.js';

/** How long a download is tried. */
export interface Patience {
  /** Attempts after the first one that bring nothing, in a row. */
  readonly retries: number;
  /** For all of it. */
  readonly timeoutMs: number;
  /** Time without a byte after which a connection is given up. */
  readonly stallMs: number;
  /** Longest pause before the first retry; it doubles from retry to retry. */
  readonly backoffMs: number;
}

/** The patience of the commands, but for what their options say. */
export const PATIENCE: Patience = { retries: 6, timeoutMs: 3_600_000, stallMs: 30_000, backoffMs: 500 };

/** What all requests of a download share; dispose of it when they are done. */
export interface Bounds extends Patience, Disposable {
  /** Aborted when the user interrupts, and with a {@link DownloadError} when the time is over. */
  readonly signal: AbortSignal;
  /** Tells the user of an attempt that failed. */
  readonly notice: (text: string) => void;
}

/** Starts the clock of a download. */
export function startBounds(patience: Patience, signal: AbortSignal, notice: Bounds['notice']): Bounds {
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    const seconds = patience.timeoutMs / 1000;
    deadline.abort(
      new DownloadError(
        `The download took longer than --timeout-seconds ${seconds} allows: run it again, or allow more.`,
      ),
    );
  }, patience.timeoutMs);
  return {
    ...patience,
    notice,
    signal: AbortSignal.any([signal, deadline.signal]),
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
