import type { StartAt } from './settings.js';

/** Milliseconds that a runner may come late and still be one of those that start together. */
export const MOST_LATE_MS = 1000;

/**
 * When a runner starts to send, in milliseconds since 1970. Runners that share a time (`time`) start together whatever
 * they took to come up. With `barrier` each takes the next full minute (or other period) of its clock: no word passes
 * between them, so those that come up on either side of a full minute start one apart; the report tells. Throws a
 * RangeError when the time has gone by.
 */
export function startMs(startAt: StartAt, nowMs: number): number {
  if (startAt.kind === 'now') return nowMs;
  if (startAt.kind === 'barrier') {
    const everyMs = startAt.everySeconds * 1000;
    return Math.ceil(nowMs / everyMs) * everyMs;
  }
  const timeMs = startAt.epochSeconds * 1000;
  if (nowMs - timeMs > MOST_LATE_MS)
    throw new RangeError(
      `LOAD_START_AT was ${Math.round((nowMs - timeMs) / 1000)} s ago, must lie ahead: runners need time to come up`,
    );
  return timeMs;
}
