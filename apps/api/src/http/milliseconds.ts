/** Texts of the durations that nearly all answers from memory take: making one costs more than measuring it. */
const SHORT = Array.from({ length: 2000 }, (_, microseconds) => String(microseconds / 1000));

/** A duration in milliseconds to the microsecond, as JSON and Server-Timing write it. */
export function millisecondsText(durationMs: number): string {
  const microseconds = Math.round(durationMs * 1000);
  return SHORT[microseconds] ?? String(microseconds / 1000);
}
