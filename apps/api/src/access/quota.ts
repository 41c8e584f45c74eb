/** Length of the window of a limit. */
export const WINDOW_SECONDS = 60;

/** What is left of a limit after a request. */
export interface Quota {
  /** Whether the request is within the limit. */
  readonly isWithin: boolean;
  /** Requests per minute. */
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until the minute is over that the first request began. */
  readonly resetSeconds: number;
}

/** Why a limit was counted by this process alone although there is a Redis. */
export type LocalReason = 'timeout' | 'error' | 'open';
