/** What {@link DownloadError} knows of a fault. */
export interface DownloadFault extends ErrorOptions {
  /** Whether the same request may do better later; false by default. */
  readonly passing?: boolean;
  /** Milliseconds that the server asks to wait. */
  readonly waitMs?: number;
}

/** Something cannot be downloaded: the server cannot be reached, or sends something else than it should. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  readonly passing: boolean;
  readonly waitMs: number;

  constructor(message: string, { passing = false, waitMs = 0, ...options }: DownloadFault = {}) {
    super(message, options);
    this.passing = passing;
    this.waitMs = waitMs;
  }
}
