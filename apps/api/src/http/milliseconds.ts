/**
 * Texts of whole milliseconds and of the thousandths after them. V8 holds on to the text of every number that was made of
 * it, for long enough to cost, and making one costs more than measuring the time.
 */
const WHOLE = Array.from({ length: 1000 }, (_, milliseconds) => String(milliseconds));
const THOUSANDTHS = Array.from({ length: 1000 }, (_, microseconds) => String(microseconds / 1000).slice(1));

/** A duration in milliseconds to the microsecond, as JSON and Server-Timing write it. */
export function millisecondsText(durationMs: number): string {
  const microseconds = Math.round(durationMs * 1000);
  const whole = Math.floor(microseconds / 1000);
  const text = WHOLE[whole];
  return text === undefined ? String(microseconds / 1000) : text + THOUSANDTHS[microseconds - whole * 1000]!;
}
