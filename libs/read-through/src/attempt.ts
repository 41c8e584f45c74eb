import type { Breaker } from './breaker.js';

/** Why a call did not help: it failed, or took longer than it may. */
export type AttemptFault = 'error' | 'timeout';

/**
 * Makes a call that a breaker has admitted and tells that breaker, and then `settled`, once, what came of it: the result,
 * or the fault when it fails or is not there in time. What comes late is let go. Never throws.
 */
export function attempt<R>(
  breaker: Breaker,
  timeoutMs: number,
  run: () => Promise<R>,
  settled: (result: R | undefined, fault: AttemptFault | undefined) => void,
): void {
  let isSettled = false;
  const settle = (result: R | undefined, fault: AttemptFault | undefined) => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    if (fault) breaker.fail();
    else breaker.succeed();
    settled(result, fault);
  };
  // Once more round the event loop: when this process was held up, the answer may be there and has to be read first.
  const timer = setTimeout(() => setImmediate(settle, undefined, 'timeout'), timeoutMs);
  try {
    run().then(
      (result) => settle(result, undefined),
      () => settle(undefined, 'error'),
    );
  } catch {
    settle(undefined, 'error');
  }
}
