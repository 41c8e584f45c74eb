import { setTimeout as sleep } from 'node:timers/promises';
import { shortTime } from '../amounts.js';
import type { Bounds } from './bounds.js';
import { DownloadError } from './download-error.js';
import type { Place } from './place.js';

/** When so much more is here than ever before, earlier failures are forgiven, as on a line that breaks now and then. */
const GAIN_BYTES = 1 << 16;
const LONGEST_PAUSE_MS = 30_000;

/** What {@link fromAny} tries. */
export interface Attempts<T> {
  /** Tried one after the other, until one answers; what fails for good is left out from then on. */
  readonly places: readonly Place[];
  readonly attempt: (place: Place) => Promise<T>;
  /** Bytes that are here so far. */
  readonly bytes: () => number;
}

/**
 * Tries the places in turn, and again after a pause: exponential backoff with full jitter, longer if a server asks for
 * it. Throws {@link DownloadError} with what went wrong where when all have failed for good, or too many attempts in a
 * row brought nothing; any other error of an attempt as it is.
 */
export async function fromAny<T>({ places, attempt, bytes }: Attempts<T>, bounds: Bounds): Promise<T> {
  const faults = new Map<Place, DownloadError>();
  let left = places;
  let tries = 0;
  let most = bytes();
  for (let failures = 0; ; failures++) {
    for (const place of left) {
      tries++;
      try {
        return await attempt(place);
      } catch (error) {
        bounds.signal.throwIfAborted();
        if (!(error instanceof DownloadError)) throw error;
        faults.set(place, error);
        if (bytes() - most >= GAIN_BYTES) [failures, most] = [0, bytes()];
      }
    }
    left = places.filter((place) => faults.get(place)?.passing === true);
    if (left.length === 0 || failures >= bounds.retries) throw givenUp([...faults.values()], tries);
    await pause(
      left.map((place) => faults.get(place)!),
      failures,
      bounds,
    );
  }
}

async function pause(faults: readonly DownloadError[], failures: number, bounds: Bounds): Promise<void> {
  const longest = Math.min(bounds.backoffMs * 2 ** failures, LONGEST_PAUSE_MS);
  const waitMs = Math.max(Math.random() * longest, Math.min(...faults.map((fault) => fault.waitMs)));
  const messages = faults.map(({ message }) => message).join(' ');
  bounds.notice(`${messages} Trying again in ${shortTime(waitMs / 1000)}.`);
  await sleep(waitMs, undefined, { signal: bounds.signal }).catch(() => bounds.signal.throwIfAborted());
}

function givenUp(faults: readonly DownloadError[], tries: number): DownloadError {
  const [first] = faults;
  if (faults.length === 1 && tries === 1) return first!;
  const messages = faults.map(({ message }) => message).join(' ');
  return new DownloadError(`${messages} Given up after ${tries} attempts.`, { cause: first });
}
