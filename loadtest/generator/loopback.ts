/** Where load is sent. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * Refuses every target but this machine's own loopback address, written as a number: a name could resolve to anything.
 * Throws a RangeError that names what was given.
 */
export function assertLoopback({ host, port }: Target): void {
  if (host !== '127.0.0.1') throw new RangeError(`load goes to 127.0.0.1 only, not to ${JSON.stringify(host)}`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new RangeError(`port ${JSON.stringify(port)} must be a whole number from 1 to 65535`);
}
