/** Milliseconds after which a request is given up. */
export const TIMEOUT_MS = 10_000;
/** A run ends after so many failures: what it would show by then is that something is broken. */
export const MOST_FAILURES = 10_000;
/** Requests of the open model that may wait for a connection; one more is not sent. */
export const MOST_WAITING = 20_000;
